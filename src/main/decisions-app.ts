/** The commands about a person's decisions: from paths to sounds, and what a word changes. */
import type { CatalogueStore, PresentFile, RecordedDecision } from '#catalogue';
import type { App, Decided, RunOptions } from '#cli';
import { AppError, type BytePath, type Clock, displayPath } from '#kernel';
import { type Overruled, type SoundGroup, settleDecisions } from '#matching';
import {
  decisionsExport,
  decisionsList,
  groupChanges,
  importDecisions,
  type NamedSound,
  noDecision,
  pathsBySound,
  recordDecision,
  revokeDecision,
} from '#review';

/** A file that a decision may be about. */
export interface HeardFile {
  readonly path: BytePath;
  readonly content: PresentFile['content'];
  readonly inCatalogue: boolean;
}

export interface DecisionAppParts {
  readonly clock: Clock;
  /** Opens the catalogue where it is not open yet. */
  store(): Promise<CatalogueStore>;
  /** The real path. @throws AppError `files/…` */
  resolve(path: BytePath): Promise<BytePath>;
  /** What is known of the file as it is now, from the catalogue or read for this once. `path` is real. */
  hear(path: BytePath, present: readonly PresentFile[], options: RunOptions): Promise<HeardFile>;
  present(): Promise<readonly PresentFile[]>;
  /** Groups all present sounds under the decisions that it is given. */
  grouper(present: readonly PresentFile[]): Promise<(decisions: readonly RecordedDecision[]) => readonly SoundGroup[]>;
}

type DecisionApp = Pick<
  App,
  'decide' | 'decisions' | 'revokeDecision' | 'revokePair' | 'exportDecisions' | 'importDecisions'
>;

export function createDecisionApp(parts: DecisionAppParts): DecisionApp {
  const recording = async () => ({ store: await parts.store(), clock: parts.clock });
  const decide: DecisionApp['decide'] = async (one, other, word, options) => {
    // Before the catalogue is made: a mistyped path should leave nothing behind.
    const paths = [await parts.resolve(one), await parts.resolve(other)] as const;
    const present = await parts.present();
    const a = soundIn(await parts.hear(paths[0], present, options));
    const b = soundIn(await parts.hear(paths[1], present, options));
    return follow(parts, present, async () => ({
      ...{ word, a: a.path, aInCatalogue: a.inCatalogue, b: b.path, bInCatalogue: b.inCatalogue },
      recorded: await recordDecision(await recording(), a, b, word),
    }));
  };
  return {
    decide,
    async decisions() {
      return decisionsList(await (await parts.store()).decisions(), await parts.present());
    },
    async revokeDecision(n) {
      const present = await parts.present();
      const known = pathsBySound(present);
      return follow(parts, present, async () => {
        const recorded = await revokeDecision(await recording(), n);
        const { word, a, b, aPath, bPath } = recorded;
        return { word, a: aPath, aInCatalogue: known.has(a), b: bPath, bInCatalogue: known.has(b), recorded };
      });
    },
    async revokePair(a, b, options) {
      const decided = await decide(a, b, 'ask', options);
      if (decided.recorded) return decided;
      throw noDecision(`Nothing is decided about ${displayPath(a)} and ${displayPath(b)}.`);
    },
    async exportDecisions() {
      return decisionsExport(await (await parts.store()).decisions());
    },
    async importDecisions(text) {
      const { store } = await recording();
      const report = await importDecisions({ store }, text);
      return { ...report, overruled: settleDecisions(await store.decisions()).overruled.map(overruledEntry) };
    },
  };
}

interface Said extends Omit<Decided, 'recorded' | 'n' | 'overruled' | 'groups'> {
  readonly recorded: RecordedDecision | null;
}

/** Does `say` and tells what came of it. */
async function follow(
  parts: DecisionAppParts,
  present: readonly PresentFile[],
  say: () => Promise<Said>,
): Promise<Decided> {
  const store = await parts.store();
  const before = await store.decisions();
  const { recorded, ...said } = await say();
  const after = await store.decisions();
  const known = new Set(settleDecisions(before).overruled.map(({ decision }) => decision.n));
  const overruled = settleDecisions(after).overruled.filter(({ decision }) => !known.has(decision.n));
  const group = await parts.grouper(present);
  return {
    ...said,
    recorded: recorded !== null,
    n: recorded?.n ?? null,
    overruled: overruled.map(overruledEntry),
    groups: groupChanges(group(before), group(after), present),
  };
}

function overruledEntry({ decision, by }: Overruled): Decided['overruled'][number] {
  return { n: decision.n, by: by.map(({ n }) => n) };
}

/** @throws AppError `decisions/unheard` */
function soundIn({ path, content, inCatalogue }: HeardFile): NamedSound & Pick<HeardFile, 'inCatalogue'> {
  const sound = content?.sound;
  if (sound && sound.durationSeconds > 0) return { path, audioHash: sound.audioHash, inCatalogue };
  const why = content?.failure ? `: ${content.failure.message}` : '.';
  throw new AppError('decisions/unheard', `${displayPath(path)} holds no sound to decide about${why}`, {
    kind: 'unsupported',
    hint: 'A decision is about what a file sounds like. Files of equal bytes are grouped without one.',
  });
}
