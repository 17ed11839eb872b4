/** The library behind the commands: scan, match, and tell what was found. Opens the catalogue when it is first needed. */
import {
  type CatalogueStore,
  type Content,
  compareFiles,
  type FileStamp,
  type FileTree,
  type ImportParts,
  importFiles,
  keyOfStamp,
  learnChance,
  type MatchReport,
  match,
  type PhaseFingerprints,
  type PresentFile,
  portrayFile,
  portrayPair,
  type ScanFailure,
  type ScanReport,
  type ScanSettings,
  type SoundWorkers,
  type StampKey,
  scan,
} from '#catalogue';
import type {
  App,
  CompareOptions,
  Diagnosis,
  ExplainedVerdict,
  FileInfo,
  FindOptions,
  FindReport,
  InfoOptions,
  JudgedPair,
  LibraryInfo,
  RunOptions,
} from '#cli';
import type { Settings } from '#config';
import { decompressFingerprint, encodeFingerprintText } from '#fingerprint';
import { AppError, type BytePath, type Clock, displayPath } from '#kernel';
import {
  type Decision,
  expectedFalseOf,
  falseRatesOfGroups,
  groupSounds,
  type Library,
  MATCH_METHOD,
  type PairVerdict,
  PRIOR,
  type SoundGroup,
  settleDecisions,
  weighVerdicts,
  withDecisions,
} from '#matching';
import {
  buildGroupsDocument,
  explain,
  fileFacts,
  type GroupFilters,
  type GroupsDocument,
  libraryFigures,
  pathFields,
} from '#review';
import { createDecisionApp, type HeardFile } from './decisions-app.ts';

export interface LibraryParts {
  readonly settings: Settings;
  readonly scanSettings: ScanSettings;
  readonly clock: Clock;
  readonly tree: FileTree;
  readonly workers: SoundWorkers;
  readonly openFile: ImportParts['open'];
  openCatalogue(): Promise<CatalogueStore>;
  /** Size of the catalogue's file. */
  catalogueBytes(): number;
  diagnose(): Promise<Diagnosis>;
}

export function createLibraryApp(parts: LibraryParts): App {
  const { settings, tree } = parts;
  let opened: Promise<CatalogueStore> | undefined;
  const store = (): Promise<CatalogueStore> => {
    opened ??= parts.openCatalogue();
    return opened;
  };
  const resolved = (paths: readonly BytePath[]): Promise<BytePath[]> =>
    Promise.all(paths.map((path) => tree.resolve(path)));

  return {
    async scan(paths, options) {
      return scanRoots(parts, await store(), rootsOr(paths, settings.roots), options);
    },
    async match(options) {
      return match({ ...parts, store: await store() }, options);
    },
    async find(paths, options) {
      // Before the catalogue is made: a mistyped path should leave nothing behind.
      const under = await resolved(rootsOr(paths, settings.roots));
      const profile = paths.length > 0 ? await standing(tree, settings.roots) : { roots: [], troubles: [] };
      const report = await find(parts, await store(), [...under, ...profile.roots], under, options);
      return { ...report, groups: withTroubles(report.groups, profile.troubles) };
    },
    async groups(filters) {
      const under = filters.under ? await resolved(filters.under) : undefined;
      return groupsOf(parts, await store(), { ...filters, ...(under && { under }) });
    },
    pairs: async function* () {
      yield* pairsOf(await store());
    },
    async compare(a, b, options) {
      const [one, other] = await Promise.all([a, b].map((path) => examine(parts, path, options)));
      return compareExamined(parts, one as Examined, other as Examined, options);
    },
    async fileInfo(path, options) {
      return fileInfo(parts, await store(), await tree.resolve(path), options);
    },
    async libraryInfo() {
      return libraryInfo(parts, await store());
    },
    ...createDecisionApp({
      clock: parts.clock,
      store,
      resolve: (path) => tree.resolve(path),
      hear: (path, present, options) => hear(parts, path, present, options),
      present: async () => all((await store()).present()),
      grouper: async (present) => {
        const { groupsWith } = await grouperOf(settings, await store(), present);
        return groupsWith;
      },
    }),
    importForeign: (paths, options) => importFiles({ tree, open: parts.openFile, store }, paths, options),
    doctor: () => parts.diagnose(),
    async [Symbol.asyncDispose]() {
      await parts.workers[Symbol.asyncDispose]();
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}

function rootsOr(paths: readonly BytePath[], roots: readonly BytePath[]): readonly BytePath[] {
  if (paths.length > 0) return paths;
  if (roots.length > 0) return roots;
  throw new AppError('scan/no-roots', 'There is no music folder to look at.', {
    kind: 'usage',
    hint: 'Name one, as in "reprise find ~/Music", or set roots with "reprise config init".',
  });
}

/** The profile's roots that are there: one that is away must not keep a person from looking elsewhere. */
async function standing(
  tree: FileTree,
  roots: readonly BytePath[],
): Promise<{ readonly roots: BytePath[]; readonly troubles: ScanReport['failures'] }> {
  const found: BytePath[] = [];
  const troubles: ScanFailure[] = [];
  for (const root of roots) {
    try {
      found.push(await tree.resolve(root));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      troubles.push({ path: root, code: error.code, message: error.message });
    }
  }
  return { roots: found, troubles };
}

async function scanRoots(
  parts: LibraryParts,
  store: CatalogueStore,
  roots: readonly BytePath[],
  { signal, progress, onItem }: RunOptions,
): Promise<ScanReport> {
  const running = scan({ ...parts, roots, store, settings: parts.scanSettings }, { signal, progress });
  for (;;) {
    const step = await running.next();
    if (step.done) return step.value;
    onItem(step.value);
  }
}

async function find(
  parts: LibraryParts,
  store: CatalogueStore,
  roots: readonly BytePath[],
  under: readonly BytePath[],
  options: FindOptions,
): Promise<FindReport> {
  const scanned = await scanRoots(parts, store, roots, options);
  const matched: MatchReport = await match({ ...parts, store }, options);
  const groups = await groupsOf(parts, store, { under, againstAll: options.againstAll });
  return { scan: scanned, match: matched, groups: withTroubles(groups, scanned.failures) };
}

/** Also the folders and volumes that could not be looked at: the catalogue holds files alone. */
function withTroubles(groups: GroupsDocument, failures: ScanReport['failures']): GroupsDocument {
  const known = new Set(groups.failures.map((failure) => failure.pathBase64 ?? failure.path));
  const more = failures
    .map(({ path, code, message }) => ({ ...pathFields(path), code, message }))
    .filter((failure) => !known.has(failure.pathBase64 ?? failure.path));
  return { ...groups, failures: [...groups.failures, ...more] };
}

async function groupsOf(
  { settings }: LibraryParts,
  store: CatalogueStore,
  filters: GroupFilters,
): Promise<GroupsDocument> {
  const present = await all(store.present());
  const decisions = await store.decisions();
  const { verdicts, groupsWith } = await grouperOf(settings, store, present);
  const groups = groupsWith(decisions);
  return buildGroupsDocument({ present, groups, verdicts, decisions: settleDecisions(decisions).held, filters });
}

/** A group and the rate at which chance makes such ones. */
type WeighedGroup = SoundGroup & { readonly falseRate: number };

interface Grouper {
  /** Those that hold at the person's setting. */
  readonly verdicts: readonly PairVerdict[];
  groupsWith(decisions: readonly Decision[]): readonly WeighedGroup[];
}

/** Reads and weighs the verdicts once, for one or more groupings. */
async function grouperOf(settings: Settings, store: CatalogueStore, present: readonly PresentFile[]): Promise<Grouper> {
  const judged = await all(store.verdicts(MATCH_METHOD));
  const sounds = soundsOf(present);
  const library = await weighingOf(store, sounds, judged);
  const { verdicts, pairs } = weighVerdicts(judged, library, settings.match.expectedFalse);
  const grouped = [...sounds].map(([id, { sampleHash }]) => ({ id, sampleHash }));
  return {
    verdicts,
    groupsWith(decisions) {
      const { groups } = groupSounds(grouped, verdicts, decisions);
      const rates = falseRatesOfGroups(groups, pairs, (id) => sounds.get(id)?.sampleHash ?? null);
      return groups.map((group, i) => ({ ...group, falseRate: rates[i] as number }));
    },
  };
}

type PresentSound = NonNullable<NonNullable<PresentFile['content']>['sound']>;

function soundsOf(present: readonly PresentFile[]): ReadonlyMap<string, PresentSound> {
  return new Map(present.flatMap(({ content }) => (content?.sound ? [[content.sound.audioHash, content.sound]] : [])));
}

/** What chance can do in this library. Fingerprints are read only where something hangs on it. */
async function weighingOf(
  store: CatalogueStore,
  sounds: ReadonlyMap<string, PresentSound>,
  verdicts: readonly PairVerdict[],
): Promise<Library> {
  const matters = verdicts.some(({ verdict }) => verdict.relation === 'same-recording');
  return {
    sounds: sounds.size,
    secondsOf: (id) => sounds.get(id)?.durationSeconds ?? 0,
    nulls: matters ? await learnChance(store, unequal(sounds), verdicts) : PRIOR,
  };
}

/** Of sounds with equal samples one: copies tell nothing about chance. */
function unequal(sounds: ReadonlyMap<string, PresentSound>): string[] {
  const first = new Map([...sounds].toReversed().map(([id, { sampleHash }]) => [sampleHash ?? id, id]));
  return [...first.values()];
}

/** Judged pairs by the first path of each sound, each with what is to be expected of it in this library. */
async function* pairsOf(store: CatalogueStore): AsyncGenerator<JudgedPair[]> {
  const present = await all(store.present());
  const paths = new Map<string, BytePath>();
  for (const { file, content } of present) {
    const hash = content?.sound?.audioHash;
    if (hash !== undefined && !paths.has(hash)) paths.set(hash, file.path);
  }
  const library = await weighingOf(store, soundsOf(present), await all(store.verdicts(MATCH_METHOD)));
  for await (const page of store.verdicts(MATCH_METHOD)) {
    yield page.map((pair) => ({
      a: paths.get(pair.a) as BytePath,
      b: paths.get(pair.b) as BytePath,
      verdict: { ...pair.verdict, expectedFalse: expectedFalseOf(pair, library) },
    }));
  }
}

interface Examined {
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly content: Content;
}

/** Reads a file for this once. @throws AppError `files/…`, `decode/…` */
async function examine({ tree, workers }: LibraryParts, path: BytePath, { signal }: RunOptions): Promise<Examined> {
  const real = await tree.resolve(path);
  const stamp = await tree.stamp(real);
  if (stamp === undefined) throw notAFile(real);
  const analysis = await workers.analyse(real, { signal, known: [] });
  if (analysis.kind === 'new') return { path: real, stamp: keyOfStamp(stamp), content: analysis.content };
  throw new Error('A file was taken for known although nothing was.');
}

async function compareExamined(
  { workers }: LibraryParts,
  a: Examined,
  b: Examined,
  options: CompareOptions,
): Promise<ExplainedVerdict> {
  const comparison = await compareFiles(workers, a, b, options);
  const { verdict } = comparison;
  if (options.onPortrait) options.onPortrait(await portrayPair(workers, a, b, verdict, options));
  return { verdict, evidence: explain({ ...comparison, a: a.content, b: b.content }) };
}

/** Of what other programs said about a file, which may be about every other. Chosen. */
const IMPORTED_PAIRS = 20;

async function fileInfo(
  parts: LibraryParts,
  store: CatalogueStore,
  path: BytePath,
  options: InfoOptions,
): Promise<FileInfo> {
  const present = await all(store.present());
  const { inCatalogue, ...file } = await lookAt(parts, path, present, options);
  const sound = file.content?.sound;
  if (options.onPortrait && sound) {
    const read = { path, stamp: keyOfStamp(file.file.stamp) };
    options.onPortrait(await portrayFile(parts.workers, read, sound.stream, options));
  }
  const hash = sound?.audioHash;
  const phases = file.phases ?? (hash === undefined ? undefined : await store.fingerprintOf(hash));
  const items = phases && phases[0].length > 0 ? decompressFingerprint(phases[0]).items : undefined;
  const facts = fileFacts({
    file,
    present: inCatalogue ? present : [...present.filter((other) => other.file.path !== path), file],
    verdicts: hash === undefined ? [] : (await standingVerdicts(store)).filter(touches(hash)),
    ...(items && { fingerprintItems: items.length }),
  });
  const imported = await store.importedPairs(path, IMPORTED_PAIRS);
  return { ...facts, inCatalogue, fingerprint: items ? encodeFingerprintText(items) : null, imported };
}

/** What the machine found, and what a person said instead. */
async function standingVerdicts(store: CatalogueStore): Promise<PairVerdict[]> {
  const { held } = settleDecisions(await store.decisions());
  return withDecisions(await all(store.verdicts(MATCH_METHOD)), held);
}

async function hear(
  parts: LibraryParts,
  path: BytePath,
  present: readonly PresentFile[],
  options: RunOptions,
): Promise<HeardFile> {
  const { content, inCatalogue } = await lookAt(parts, path, present, options);
  return { path, content, inCatalogue };
}

type ShownFile = PresentFile & { readonly phases?: PhaseFingerprints };

/** The file as the catalogue knows it, or read for this once where that is not how it is now. */
async function lookAt(
  parts: LibraryParts,
  path: BytePath,
  present: readonly PresentFile[],
  options: RunOptions,
): Promise<ShownFile & Pick<HeardFile, 'inCatalogue'>> {
  const stamp = await parts.tree.stamp(path);
  if (stamp === undefined) throw notAFile(path);
  const held = present.find(({ file }) => file.path === path);
  if (held !== undefined && keyOfStamp(held.file.stamp) === keyOfStamp(stamp)) return { ...held, inCatalogue: true };
  return { ...(await asPresent(parts, path, stamp, options)), inCatalogue: false };
}

/** A file that the catalogue does not know as it is, as if it did. */
async function asPresent(
  parts: LibraryParts,
  path: BytePath,
  stamp: FileStamp,
  options: RunOptions,
): Promise<ShownFile> {
  const { content } = await examine(parts, path, options);
  const file = { id: 0, path, stamp, state: 'present', contentHash: content.contentHash, failure: null } as const;
  return { file, content, ...(content.sound && { phases: content.sound.fingerprint }) };
}

function touches(hash: string): (pair: PairVerdict) => boolean {
  return ({ a, b }) => a === hash || b === hash;
}

function notAFile(path: BytePath): AppError {
  return new AppError('files/not-regular', `${displayPath(path)} is a folder.`, {
    kind: 'usage',
    hint: 'Name one file. "reprise info" without a path tells about the whole library.',
  });
}

async function libraryInfo({ settings, catalogueBytes }: LibraryParts, store: CatalogueStore): Promise<LibraryInfo> {
  const figures = libraryFigures(await all(store.present()));
  const missing = await store.missingCount();
  const imported = await store.importedFigures();
  const { data, roots } = settings;
  return { ...figures, data, roots, missing, catalogueBytes: catalogueBytes(), imported };
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}
