/** The proposal of what may go, made into a plan of files as they are now. */
import { homedir } from 'node:os';
import type { FileTree, PresentFile } from '#catalogue';
import type { KeepApp, KeepWishes, PlannedKeep, RunOptions } from '#cli';
import type { Settings } from '#config';
import { type FileActs, type Plan, type PlanItem, withCompanions } from '#filing';
import { readPlace } from '#gate';
import { type BytePath, type Clock, commonFolder, folderOf, isUnder, isUnderAny } from '#kernel';
import { settleDecisions } from '#matching';
import { proposeKeeping } from '#review';
import type { OpenCatalogue } from '../adapters/sqlite/index.ts';
import { realOr } from './gate-app.ts';
import { all, grouperOf } from './judgements.ts';
import { newPlanId } from './plan-id.ts';

export interface KeepAppParts {
  readonly settings: Settings;
  readonly tree: FileTree;
  readonly acts: FileActs;
  readonly clock: Clock;
}

/** @param store opens the catalogue */
export function createKeepApp(parts: KeepAppParts, store: () => Promise<OpenCatalogue>): KeepApp {
  return {
    planKeep: async (wishes, options) => planKeep(parts, await store(), wishes, options),
  };
}

/** What the gate has not let in takes nothing's place, and is the gate's to clear away. */
async function ofLibrary({ settings, tree }: KeepAppParts, store: OpenCatalogue): Promise<PresentFile[]> {
  const inboxes = await Promise.all(settings.inboxes.map(({ path }) => realOr(tree, path)));
  const outside = await store.gate(readPlace).outsiders(inboxes);
  return (await all(store.present())).filter(({ file }) => !outside.has(file.path));
}

async function planKeep(
  parts: KeepAppParts,
  store: OpenCatalogue,
  wishes: KeepWishes,
  { signal }: RunOptions,
): Promise<PlannedKeep> {
  const { settings, tree, acts, clock } = parts;
  const resolved = (paths: readonly BytePath[]): Promise<BytePath[]> =>
    Promise.all(paths.map((path) => tree.resolve(path)));
  const references = await resolved(wishes.references);
  const safe = [...references, ...(await standing(tree, settings.filing.protected))];
  const present = await ofLibrary(parts, store);
  const decisions = await store.decisions();
  const { comparisons, groupsWith } = await grouperOf(store, present, settings.match.expectedFalse);
  const { under, relations, minBytes, policy } = wishes;
  const proposal = proposeKeeping({
    ...{ present, groups: groupsWith(decisions), comparisons, decisions: settleDecisions(decisions).held },
    ...{ policy, references: safe, rules: { ...settings.keep, ...(wishes.prefer && { prefer: wishes.prefer }) } },
    ...(under && { under: await resolved(under) }),
    ...(relations && { relations }),
    ...(minBytes !== undefined && { minBytes }),
  });
  const stale = await changedSince(tree, present, proposal.items);
  const { items = [], lost = [] } = Object.groupBy(proposal.items, ({ source, keeper }) =>
    stale.has(source.path) || stale.has(keeper?.path ?? source.path) ? 'lost' : 'items',
  );
  const plan: Plan = {
    ...{ id: newPlanId('keep', clock), made: new Date(clock.now()).toISOString(), command: wishes.command },
    ...{ roots: rootsOf(await standing(tree, settings.roots), present), protected: safe, items },
    reclaimableBytes: Math.max(
      0,
      proposal.reclaimableBytes - lost.reduce((sum, { source }) => sum + source.sizeBytes, 0),
    ),
  };
  const troubles: PlannedKeep['troubles'][number][] = [];
  const onTrouble = (path: BytePath, message: string): void => void troubles.push({ path, message });
  const whole = await withCompanions(plan, { acts, tree, signal, onTrouble });
  return { plan: whole, known: present.length, keptBack: proposal.keptBack, stale: [...stale], troubles };
}

/** Those of the paths that are there. */
async function standing(tree: FileTree, paths: readonly BytePath[]): Promise<BytePath[]> {
  const found = await Promise.all(paths.map((path) => tree.resolve(path).catch(() => undefined)));
  return found.filter((path) => path !== undefined);
}

/** Files of the items that are not what the catalogue knows. The time of the last change of name or rights does not matter. */
async function changedSince(
  tree: FileTree,
  present: readonly PresentFile[],
  items: readonly PlanItem[],
): Promise<ReadonlySet<BytePath>> {
  const stamps = new Map(present.map(({ file }) => [file.path, file.stamp]));
  const changed = new Set<BytePath>();
  for (const path of new Set(items.flatMap(({ source, keeper }) => [source.path, keeper?.path ?? source.path]))) {
    const now = await tree.stamp(path).catch(() => undefined);
    const known = stamps.get(path);
    const isSame =
      now?.inode === known?.inode && now?.sizeBytes === known?.sizeBytes && now?.mtimeNs === known?.mtimeNs;
    if (now === undefined || !isSame) changed.add(path);
  }
  return changed;
}

/** Folders that hold much else than music. */
const MUCH_ELSE: ReadonlySet<string> = new Set(['/', '/mnt', '/media', '/srv', '/Volumes']);

/**
 * The music folders that are known and the one that all that lies outside of them has in common; where that is a home or
 * holds much else, the folders right below it: what else lies there is none of our business.
 */
function rootsOf(roots: readonly BytePath[], present: readonly PresentFile[]): BytePath[] {
  const outside = new Set(present.map(({ file }) => folderOf(file.path)));
  for (const folder of outside) if (isUnderAny(folder, roots)) outside.delete(folder);
  const [first, ...others] = outside;
  if (first === undefined) return [...roots];
  const common = others.reduce(commonFolder, first);
  const isShared = MUCH_ELSE.has(common) || isUnder(homedir() as BytePath, common);
  if (outside.has(common) || !isShared) return [...roots, common];
  return [...roots, ...new Set([...outside].map((folder) => childOn(folder, common)))];
}

/** The folder right below `above` on the way down to `folder`. */
function childOn(folder: BytePath, above: BytePath): BytePath {
  const from = above === '/' ? 1 : above.length + 1;
  const end = folder.indexOf('/', from);
  return (end < 0 ? folder : folder.slice(0, end)) as BytePath;
}
