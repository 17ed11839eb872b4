/** Joins the sweep with threads, remembered hashes and the catalogue, of which the last is loaded only where sounds count. */
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepApp } from '#cli';
import type { ResolvedSettings } from '#config';
import { type Plan, type PlanItem, withCompanions } from '#filing';
import { type BytePath, isUnderAny, joinPath, systemClock } from '#kernel';
import { planSweep, type SoundSets } from '#sweep';
import { createFileActs, createFileTree, placeOf } from '../adapters/files/index.ts';
import { openHashFile } from '../adapters/hash-memory/index.ts';
import { startTwinThreads } from '../adapters/twins/index.ts';
import { ensureDataFolder } from './data-folder.ts';
import { newPlanId } from './plan-id.ts';
import { programBeside } from './programs.ts';
import type { SoundSetParts } from './sound-sets.ts';

/** Opens the library for sounds. */
export type OpenSounds = () => Promise<SoundSetParts & AsyncDisposable>;

/** Opens nothing until there is something to plan. @param openSounds opens the catalogue, unless it is given */
export function createSweepApp(
  resolved: ResolvedSettings,
  openSounds: OpenSounds = async () => (await import('./wire.ts')).openSounds(resolved),
): SweepApp {
  const { data, scan, filing } = resolved.settings;
  const sounds = lazySounds(openSounds);
  return {
    async planSweep(request, options) {
      ensureDataFolder({ data });
      const tree = createFileTree();
      const width = options.threads ?? availableParallelism();
      const report = await planSweep(
        {
          ...{ placeOf, sounds, clock: systemClock, newId: () => newPlanId('sweep', systemClock) },
          sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: options.signal }),
          memory: openHashFile(joinPath(data, 'hashes' as BytePath), options),
          openReader: () => startTwinThreads({ entry: programBeside('sweeper'), width }),
          readersOf: (device) => (tree.isSpinning(device) ? scan.readsPerSpinningDisk : width),
        },
        request,
        options,
      );
      const { signal, onTrouble } = options;
      const companions = {
        acts: createFileActs(),
        tree,
        signal,
        onTrouble: (_: BytePath, why: string) => onTrouble(why),
      };
      const safe = filing.protected.map((path) => placeOf(path).path);
      return { ...report, plan: await withCompanions(withoutProtected(report.plan, safe, onTrouble), companions) };
    },
    [Symbol.asyncDispose]: () => sounds[Symbol.asyncDispose](),
  };
}

/** What the settings protect stays: applying would refuse it. */
function withoutProtected(plan: Plan, safe: readonly BytePath[], onTrouble: (message: string) => void): Plan {
  const isSafe = ({ source }: PlanItem): boolean => isUnderAny(source.path, safe);
  const held = plan.items.filter(isSafe);
  if (held.length === 0) return plan;
  onTrouble(`${held.length} duplicates lie where filing.protected lets nothing happen, and stay.`);
  const bytes = held.reduce((sum, { source }) => sum + source.sizeBytes, 0);
  const items = plan.items.filter((item) => !isSafe(item));
  return { ...plan, items, reclaimableBytes: Math.max(0, plan.reclaimableBytes - bytes) };
}

function lazySounds(openSounds: OpenSounds): SoundSets & AsyncDisposable {
  const opened = new AsyncDisposableStack();
  return {
    async find(...asked) {
      const { createSoundSets } = await import('./sound-sets.ts');
      return createSoundSets(opened.use(await openSounds())).find(...asked);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
