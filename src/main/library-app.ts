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
  type MatchParts,
  type MatchReport,
  match,
  type OpenIndex,
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
  ExplainedVerdict,
  FileInfo,
  FindOptions,
  FindReport,
  InfoOptions,
  LibraryInfo,
  RunOptions,
} from '#cli';
import type { Settings } from '#config';
import { isInTrashFolder } from '#filing';
import { decompressFingerprint, encodeFingerprintText } from '#fingerprint';
import type { Gate } from '#gate';
import { AppError, type BytePath, displayPath } from '#kernel';
import { settleDecisions } from '#matching';
import {
  buildGroupsDocument,
  explain,
  fileFacts,
  type GroupFilters,
  type GroupsDocument,
  libraryFigures,
  pathFields,
} from '#review';
import type { SweepOptions } from '#sweep';
import type { OpenCatalogue } from '../adapters/sqlite/index.ts';
import { createDecisionApp, type HeardFile } from './decisions-app.ts';
import { createFilingApp, type FilingAppParts } from './filing-app.ts';
import { createGateApp, makeGate } from './gate-app.ts';
import { all, grouperOf, judgedPairs, standingPairs } from './judgements.ts';
import { createKeepApp } from './keep-app.ts';
import { judgeLookedUp } from './looked-up.ts';
import type { SoundSetParts } from './sound-sets.ts';
import type { Turns } from './turns.ts';

export interface LibraryParts extends Omit<FilingAppParts, 'settings'> {
  readonly settings: Settings;
  readonly scanSettings: ScanSettings;
  readonly tree: FileTree;
  readonly workers: SoundWorkers;
  readonly openFile: ImportParts['open'];
  openCatalogue(): Promise<OpenCatalogue>;
  /** The search index beside the catalogue. */
  openSearch(): MatchParts['search'];
  /** The index, to look single sounds up. */
  openIndex(): OpenIndex;
  /** Size of the catalogue's file. */
  catalogueBytes(): number;
}

/** The library, and the gate before it. */
export interface Library {
  /** Disposing of it closes both. */
  readonly app: App;
  /** Opens the catalogue where it is not open yet. */
  gate(): Promise<Gate>;
}

/** @param filingTurns given by a daemon, in which the gate acts upon files beside commands */
export function createLibrary(parts: LibraryParts, filingTurns?: Turns): Library {
  const { settings, tree } = parts;
  let opened: Promise<OpenCatalogue> | undefined;
  let gate: Promise<Gate> | undefined;
  const store = (): Promise<OpenCatalogue> => {
    opened ??= parts.openCatalogue();
    return opened;
  };
  const openGate = (): Promise<Gate> => {
    gate ??= store().then((catalogue) => makeGate(parts, catalogue, filingParts, filingTurns));
    return gate;
  };
  const { parts: filingParts, ...filing } = createFilingApp(parts);
  const resolved = (paths: readonly BytePath[]): Promise<BytePath[]> =>
    Promise.all(paths.map((path) => tree.resolve(path)));

  const app: App = {
    async scan(paths, options) {
      assertNotInTrash(await resolved(paths));
      return scanRoots(parts, await store(), rootsOr(paths, settings.roots), options);
    },
    async match(options) {
      return match({ ...parts, store: await store(), search: parts.openSearch() }, options);
    },
    async find(paths, options) {
      // Before the catalogue is made: a mistyped path should leave nothing behind.
      const under = assertNotInTrash(await resolved(rootsOr(paths, settings.roots)));
      const profile = paths.length > 0 ? await standing(tree, settings.roots) : { roots: [], troubles: [] };
      const report = await find(parts, await store(), [...under, ...profile.roots], under, options);
      return { ...report, groups: withTroubles(report.groups, profile.troubles) };
    },
    async groups(filters) {
      const under = filters.under ? await resolved(filters.under) : undefined;
      return groupsOf(parts, await store(), { ...filters, ...(under && { under }) });
    },
    pairs: async function* (options) {
      yield* judgedPairs(await store(), options);
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
        const { groupsWith } = await grouperOf(await store(), present, settings.match.expectedFalse);
        return groupsWith;
      },
    }),
    ...filing,
    ...createGateApp(openGate, filingTurns !== undefined),
    ...createKeepApp(parts, store),
    importForeign: (paths, options) => importFiles({ tree, open: parts.openFile, store }, paths, options),
    async [Symbol.asyncDispose]() {
      await parts.workers[Symbol.asyncDispose]();
      await filing[Symbol.asyncDispose]();
      await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
  return { app, gate: openGate };
}

/** What the sweep asks of the library. */
export function soundSetParts(parts: LibraryParts, store: CatalogueStore): SoundSetParts {
  const watched = (options: SweepOptions): RunOptions => ({ ...options, onItem: () => {} });
  return {
    scan: (folders, options) => scanRoots(parts, store, folders, watched(options)),
    match: (options) => match({ ...parts, store, search: parts.openSearch() }, options),
    present: () => all(store.present()),
    groups: (under) => groupsOf(parts, store, { under }),
  };
}

/** @throws AppError `scan/in-trash` */
function assertNotInTrash(paths: readonly BytePath[]): readonly BytePath[] {
  const inTrash = paths.find(isInTrashFolder);
  if (inTrash === undefined) return paths;
  throw new AppError('scan/in-trash', `${displayPath(inTrash)} lies in the trash, which is never scanned.`, {
    kind: 'refused',
    hint: '"reprise trash list" says what lies there, and "reprise trash restore" takes it out.',
  });
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
  const matched: MatchReport = await match({ ...parts, store, search: parts.openSearch() }, options);
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
  const { comparisons, groupsWith } = await grouperOf(store, present, settings.match.expectedFalse);
  const { held } = settleDecisions(decisions);
  const judged = { present, groups: groupsWith(decisions), comparisons, decisions: held };
  return buildGroupsDocument({ ...judged, filters, keep: settings.keep });
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
  const phases = file.read?.sound?.fingerprint ?? (hash === undefined ? undefined : await store.fingerprintOf(hash));
  const items = phases && phases[0].length > 0 ? decompressFingerprint(phases[0]).items : undefined;
  const lookedUp = inCatalogue ? undefined : await judgeLookedUp(parts, store, { file, present }, options);
  const facts = fileFacts({
    file,
    present: inCatalogue ? present : [...present.filter((other) => other.file.path !== path), file],
    verdicts: hash === undefined ? [] : await standingPairs(store, hash, lookedUp?.pairs ?? []),
    ...(items && { fingerprintItems: items.length }),
  });
  const imported = await store.importedPairs(path, IMPORTED_PAIRS);
  return {
    ...facts,
    inCatalogue,
    lookedUp: lookedUp ? { sounds: lookedUp.sounds, compared: lookedUp.pairs.length } : null,
    fingerprint: items ? encodeFingerprintText(items) : null,
    imported,
  };
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

type ShownFile = PresentFile & { readonly read?: Content };

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
  return { file, content, read: content };
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
