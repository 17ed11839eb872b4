/**
 * Takes over what other programs left behind: finds their files, tells them by content, reads them. A file that was
 * read to its end and not written to since is not read again; one that was, replaces what it said before. One bad line
 * costs itself, one bad file itself. Collections that it finds are handed back: settings are not the catalogue's.
 */
import { AppError, type BytePath, cancelled, displayPath, type Failure, joinPath, type Progress } from '#kernel';
import { isSameWriting } from '../model.ts';
import type { FileTree, ReadableFile } from '../ports.ts';
import { type DataSource, importData } from './import-data.ts';
import { readProfiles } from './import-profiles.ts';
import type { ImportStore } from './ports.ts';
import { type ForeignForm, HEAD_BYTES, mayBeForeign, recognise } from './recognise.ts';
import { type ForeignFile, type ForeignReport, type FoundProfile, type ImportTrouble, MOST_LISTED } from './report.ts';

export interface ImportParts {
  readonly tree: Pick<FileTree, 'resolve' | 'walk' | 'stamp'>;
  /** Fulfilled by `adapters/files`. @throws AppError `files/…` */
  open(path: BytePath): ReadableFile;
  /** Opens the catalogue; not called where no file needs it. */
  store(): Promise<ImportStore>;
}

export interface ImportOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Reads and reports, keeps nothing. */
  readonly dryRun: boolean;
  /** Told about every line that could not be taken, also those beyond what the report lists. Must be cheap. */
  readonly onTrouble: (trouble: ImportTrouble) => void;
}

interface Run extends ImportParts, ImportOptions {
  readonly files: ForeignFile[];
  readonly failures: ImportTrouble[];
  readonly profiles: FoundProfile[];
}

/**
 * Imports the files, and those in the folders that look like ones.
 * @throws AppError `files/…` before anything is read where a path is not there; `import/unknown` where the only file
 * is of no known kind; `catalogue/…`, `run/cancelled`
 */
export async function importFiles(
  parts: ImportParts,
  paths: readonly BytePath[],
  options: ImportOptions,
): Promise<ForeignReport> {
  const run: Run = { ...parts, ...options, files: [], failures: [], profiles: [] };
  const real = await Promise.all(paths.map((path) => parts.tree.resolve(path)));
  const seen = new Set<BytePath>();
  for (const path of new Set(real)) {
    for await (const { file, isNamed } of filesAt(run, path)) {
      if (options.signal.aborted) throw cancelled();
      if (!seen.has(file)) await importFile(run, file, isNamed, paths.length === 1);
      seen.add(file);
    }
  }
  return reportOf(run);
}

function reportOf({ files, failures, profiles }: Run): ForeignReport {
  const fresh = files.filter(({ outcome }) => outcome === 'imported');
  const keptOf = (kind: ForeignForm['kind']): number =>
    fresh.filter(({ form }) => form?.kind === kind).reduce((sum, { kept }) => sum + kept, 0);
  return {
    ...{ files, profiles, failures },
    fingerprints: keptOf('fingerprints'),
    pairs: keptOf('correlations'),
    damaged: files.reduce((sum, { damaged }) => sum + damaged, 0),
  };
}

interface Target {
  readonly file: BytePath;
  /** Was it named by a person, or found in a folder? */
  readonly isNamed: boolean;
}

async function* filesAt(run: Run, path: BytePath): AsyncGenerator<Target> {
  if ((await run.tree.stamp(path)) !== undefined) {
    yield { file: path, isNamed: true };
    return;
  }
  const walk = run.tree.walk(path, {
    signal: run.signal,
    wants: (name) => mayBeForeign(name),
    skipsFolder: () => false,
    ignoreFiles: [],
    onSkip: () => {},
    onTrouble: (at, failure) => tell(run, { path: at, line: null, ...failure }),
    onDevice: () => {},
  });
  for await (const folder of walk) {
    for (const { name } of folder.files) yield { file: joinPath(folder.path, name), isNamed: false };
  }
}

async function importFile(run: Run, path: BytePath, isNamed: boolean, isOnly: boolean): Promise<void> {
  try {
    run.files.push(await readFile(run, path, isNamed));
  } catch (error) {
    // A catalogue that cannot be written to is everybody's trouble; a file that cannot be read is its own.
    if (!(error instanceof AppError) || !/^(?:files|import)\//.test(error.code) || (isNamed && isOnly)) throw error;
    tell(run, { path, line: null, code: error.code, message: error.message });
    run.files.push({ path, form: null, outcome: 'failed', ...NOTHING });
  }
}

const NOTHING = { lines: 0, kept: 0, repeated: 0, damaged: 0 } as const;

async function readFile(run: Run, path: BytePath, isNamed: boolean): Promise<ForeignFile> {
  using file = run.open(path);
  // Before the first byte, so that what is written while it is read shows the next time.
  const stamp = file.stamp();
  const blocks = file.blocks()[Symbol.iterator]();
  const first = blocks.next();
  const head: Uint8Array = first.done ? new Uint8Array() : first.value;
  const form = recognise(path, head.subarray(0, HEAD_BYTES));
  if (form === undefined) {
    if (isNamed) throw notKnown(path);
    return { path, form: null, outcome: 'skipped', ...NOTHING };
  }
  const all = resumed(head, blocks);
  // Awaited here, because the file is closed when this ends.
  return form.kind === 'profiles'
    ? takeProfiles(run, path, form, all)
    : await takeData(run, { path, form, stamp, blocks: all }, file.sizeBytes);
}

/** The blocks from the first one on, which was looked at already and is valid until the next is asked for. */
function* resumed(first: Uint8Array, rest: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

function notKnown(path: BytePath): AppError {
  return new AppError('import/unknown', `${displayPath(path)} is nothing that can be imported.`, {
    kind: 'unsupported',
    hint: 'Name fingerprints.jsonl, correlations_….jsonl or main.ini of Cometa, what fpcalc printed, or a folder with them.',
  });
}

function takeProfiles(run: Run, path: BytePath, form: ForeignForm, blocks: Iterable<Uint8Array>): ForeignFile {
  const { lines, isWhole, profiles, troubles } = readProfiles(blocks);
  for (const { line, why } of troubles) tellLine(run, path, line, why);
  run.profiles.push(...profiles.map((profile) => ({ ...profile, source: path })));
  const figures = { lines, kept: profiles.length, repeated: 0, damaged: troubles.length };
  return { path, form, outcome: isWhole ? 'imported' : 'failed', ...figures };
}

async function takeData(run: Run, source: DataSource, sizeBytes: number): Promise<ForeignFile> {
  const { path, form, stamp, blocks } = source;
  const store = await run.store();
  const before = await store.importedSource(path);
  if (before && isSameWriting(before.stamp, stamp)) {
    const { lines, kept, damaged } = before;
    return { path, form, outcome: 'unchanged', lines, kept, repeated: lines - damaged - kept, damaged };
  }
  let read = 0;
  const counted = function* (): Generator<Uint8Array> {
    for (const block of blocks) {
      read += block.length;
      yield block;
    }
  };
  const report = await importData(
    { ...source, blocks: counted() },
    {
      signal: run.signal,
      take: run.dryRun
        ? async ({ fingerprints, correlations }) => fingerprints.length + correlations.length
        : (piece) => store.takeImported(piece),
      onDamage: (line, why) => tellLine(run, path, line, why),
      onLines: (items) =>
        run.progress({
          stage: 'Importing',
          subject: displayPath(path),
          items,
          bytes: read,
          totalBytes: sizeBytes,
        }),
    },
  );
  return { path, form, outcome: 'imported', ...report };
}

function tellLine(run: Run, path: BytePath, line: number, why: string): void {
  const failure: Failure = { code: 'import/damaged', message: `${displayPath(path)}, line ${line}: ${why}.` };
  tell(run, { path, line, ...failure });
}

function tell(run: Run, trouble: ImportTrouble): void {
  if (run.failures.length < MOST_LISTED) run.failures.push(trouble);
  run.onTrouble(trouble);
}
