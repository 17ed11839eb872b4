/** What a store holds, and what was done with it, for people. */
import { type BytePath, baseName, pathFromBytes } from '#kernel';
import type {
  CollectReport,
  ExportReport,
  FolderUsage,
  HitFile,
  ImportReport,
  NodeKind,
  RepairReport,
  StoredEntry,
  StoreUsage,
  VerifyReport,
} from '#store';
import { alignColumns } from '../terminal/columns.ts';
import { safeText, shellWord } from '../terminal/safe-text.ts';
import type { Style } from '../terminal/style.ts';
import { counted, countText, percentText, sizeText } from '../terminal/units.ts';

/** A path of the store as `ls` and `cat` have it: without a leading slash. */
export function storedPath(bytes: Uint8Array): BytePath {
  return pathFromBytes(bytes).replace(/^\/+/, '') as BytePath;
}

/** How many times less is stored; `null` where nothing is. */
export function timesSmaller(bytes: number, stored: number): number | null {
  return stored > 0 && bytes > 0 ? bytes / stored : null;
}

/** `4.1 times smaller`. */
function timesText(bytes: number, stored: number): string {
  const times = timesSmaller(bytes, stored) ?? 1;
  if (times < 1.005) return 'not smaller';
  return `${times.toFixed(times < 1.95 ? 2 : times < 9.95 ? 1 : 0)} times smaller`;
}

/** How many files were passed by, by the reason. */
export type Skips = ReadonlyMap<string, number>;

/** What an import took in and what it cost. */
export function importSentence(report: ImportReport, skips: Skips, dryRun: boolean): string {
  const { imported, failed, renamed, bytes, newBytes } = report;
  const what = `${counted(imported, 'file')}${imported === 0 ? '' : `, ${sizeText(bytes)}${worthOf(bytes, newBytes)}`}`;
  return [
    `${dryRun ? 'Would import' : 'Imported'} ${what}.`,
    ...(renamed > 0 ? [`${countText(renamed)} got a number, because the name was taken.`] : []),
    ...passedBy(skips),
    ...(failed > 0 ? [`${countText(failed)} failed.`] : []),
    ...(dryRun ? ['Nothing was written.'] : []),
  ].join(' ');
}

function worthOf(bytes: number, newBytes: number): string {
  if (bytes === 0) return '';
  if (newBytes === 0) return ', nothing of it new';
  return newBytes >= bytes ? ', all of it new' : `, ${sizeText(newBytes)} of it new: ${timesText(bytes, newBytes)}`;
}

function passedBy(skips: Skips): string[] {
  if (skips.size === 0) return [];
  return [`Passed by: ${[...skips].map(([reason, count]) => `${countText(count)} ${safeText(reason)}`).join('; ')}.`];
}

export function exportSentence({ files, failed, bytes }: ExportReport, skips: Skips, folder: BytePath): string {
  return [
    `Wrote ${counted(files, 'file')}, ${sizeText(bytes)}, to ${shellWord(folder)}.`,
    ...passedBy(skips),
    ...(failed > 0 ? [`${countText(failed)} failed.`] : []),
  ].join(' ');
}

const KIND_LETTERS: Readonly<Record<NodeKind, string>> = {
  file: '-',
  folder: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  'character-device': 'c',
  'block-device': 'b',
};

/** A line of a listing: the name in its folder, or the whole path. */
export function entryLine(
  entry: StoredEntry,
  options: { readonly isLong: boolean; readonly isWhole: boolean },
): string {
  const { path, kind, target } = entry;
  const name = safeText(options.isWhole ? path : baseName(path));
  const shown = kind === 'folder' ? `${name}/` : name;
  if (!options.isLong) return shown;
  const points = target === null ? '' : ` -> ${safeText(target)}`;
  return `${factsOf(entry)}  ${shown}${points}`;
}

function factsOf({ kind, mode, uid, gid, sizeBytes, mtimeNs }: StoredEntry): string {
  const size = kind === 'folder' ? '' : sizeText(sizeBytes);
  // Fixed columns, so that a list of any length can be printed as it comes.
  return [
    `${KIND_LETTERS[kind]}${rightsOf(mode)}`,
    `${uid}:${gid}`.padEnd(9),
    size.padStart(9),
    momentText(mtimeNs),
  ].join('  ');
}

/** `rwxr-xr-x`, with set-user-id, set-group-id and sticky as `ls` shows them. */
function rightsOf(mode: number): string {
  const letters = [0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 0o4, 0o2, 0o1].map((bit, at) =>
    mode & bit ? 'rwx'.charAt(at % 3) : '-',
  );
  for (const [bit, at, letter] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const) {
    if (mode & bit) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase();
  }
  return letters.join('');
}

const NS_PER_MS = 1_000_000n;
/** What a date of JavaScript can be. */
const MOST_MS = 8_640_000_000_000_000n;

function momentText(ns: bigint): string {
  const ms = ns / NS_PER_MS;
  if (ms > MOST_MS || ms < -MOST_MS) return `${ns / 1_000_000_000n} s`;
  return `${new Date(Number(ms)).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

export function renderUsage(usage: StoreUsage, style: Style): string[] {
  const { files, folders, logicalBytes, storedBytes, diskBytes, uniqueBytes } = usage;
  const { overheadBytes, unusedBytes, rawFiles, rawBytes, blobs, packs, byFolder } = usage;
  const share = (bytes: number): string => (storedBytes > 0 ? `, ${percentText(bytes / storedBytes)}` : '');
  const collect = unusedBytes > 0 ? '; "reprise store gc" gives back what is worth it' : '';
  const rows: (readonly [string, string])[] = [
    ['Files', `${countText(files)} in ${counted(folders, 'folder')}, ${sizeText(logicalBytes)}`],
    ['Stored', `${sizeText(storedBytes)}, ${timesText(logicalBytes, storedBytes)}; ${sizeText(diskBytes)} of the disk`],
    ['Different', `${sizeText(uniqueBytes)}: what a store without any cost would take`],
    ['Overhead', `${sizeText(overheadBytes)}${share(overheadBytes)}: tables, index, checksums`],
    ['Unused', `${sizeText(unusedBytes)}${share(unusedBytes)}${collect}`],
    ...(rawFiles > 0
      ? [['Not shared', `${counted(rawFiles, 'file')}, ${sizeText(rawBytes)}, as they were written`] as const]
      : []),
    ['Kept in', `${counted(blobs, 'blob')} in ${counted(packs, 'pack')}`],
  ];
  const terms = alignColumns(
    rows.map(([term, value]) => [style.faint(term), value]),
    [{}, {}],
  );
  return [...terms, ...folderTable(byFolder, style)];
}

function folderTable(byFolder: readonly FolderUsage[], style: Style): string[] {
  if (byFolder.length === 0) return [];
  const right = { side: 'right' } as const;
  const head = ['Name', 'Files', 'Size', 'Different', 'Only here'].map(style.faint);
  const rows = byFolder.map(({ name, files, logicalBytes, uniqueBytes, ownBytes }) => [
    safeText(pathFromBytes(name)),
    countText(files),
    ...[logicalBytes, uniqueBytes, ownBytes].map(sizeText),
  ]);
  return ['', ...alignColumns([head, ...rows], [{}, right, right, right, right])];
}

/** Each file that is hit with its names and why, what else is wrong, then how it stands. */
export function renderVerify(report: VerifyReport, store: BytePath, readData: boolean, style: Style): string[] {
  const { files, rawFiles, blobs, bytesRead, hit, problems, notes } = report;
  const looked = `${counted(files, 'file')} in ${counted(blobs, 'blob')}`;
  const read = readData ? `, ${sizeText(bytesRead)} read and compared` : '';
  const isGood = hit.length === 0 && problems.length === 0;
  const verdict = isGood
    ? style.good(`Looked at ${looked}${read}: everything is as it should be.`)
    : style.bad(`Looked at ${looked}${read}: ${hitText(hit)}.`);
  return [
    ...hitLines(hit, style),
    ...problemLines(problems, hit, style),
    ...notes.map((note) => style.faint(safeText(note))),
    verdict,
    ...(rawFiles > 0 ? [style.faint(rawText(rawFiles))] : []),
    ...(isGood ? [] : [`What can be kept is kept by: reprise store repair ${shellWord(store)}`]),
    ...(isGood && notes.length > 0 ? [`To make that right: reprise store repair ${shellWord(store)}`] : []),
    ...(isGood && !readData ? [style.faint('The recordings themselves were not read; --read-data does that.')] : []),
  ];
}

function rawText(files: number): string {
  return `${counted(files, 'more file is', 'more files are')} not shared yet: their bytes lie as they were written, and nothing tells whether they are right.`;
}

function hitText(hit: readonly HitFile[]): string {
  return hit.length === 0
    ? 'something is damaged, and no file is hit'
    : `${counted(hit.length, 'file is', 'files are')} hit`;
}

function hitLines(hit: readonly HitFile[], style: Style): string[] {
  return hit.map(({ node, paths, message }) => {
    const names = paths.map((path) => shellWord(storedPath(path))).join(', ');
    return `${style.bad('hit')}  ${names || `file ${node}, which has no name any more`}: ${safeText(message)}`;
  });
}

/** Those that no line about a file has said. */
function problemLines(problems: readonly string[], hit: readonly HitFile[], style: Style): string[] {
  const said = new Set(hit.map(({ message }) => message));
  return problems.filter((problem) => !said.has(problem)).map((problem) => style.warning(safeText(problem)));
}

export function renderRepair(report: RepairReport, dryRun: boolean, style: Style): string[] {
  const { isRebuilt, lostRows, foundFiles, indexedBlobs, hit, problems } = report;
  const would = dryRun ? 'would be' : 'were';
  const one = dryRun ? 'would be' : 'was';
  const did = [
    ...(isRebuilt
      ? [`The tables ${would} made anew${lostRows > 0 ? `; ${counted(lostRows, 'row')} of them lost` : ''}.`]
      : []),
    ...(foundFiles > 0
      ? [`${counted(foundFiles, `file without a name ${one}`, `files without a name ${would}`)} put into lost+found.`]
      : []),
    ...(indexedBlobs > 0
      ? [
          `${counted(indexedBlobs, `blob ${one}`, `blobs ${would}`)} entered into the index, so that what comes can share with them.`,
        ]
      : []),
  ];
  const end =
    hit.length > 0
      ? [
          style.bad(
            `${counted(hit.length, 'file does', 'files do')} not give all bytes, and nothing here can bring them back.`,
          ),
          'What is whole of them stays readable. Import the recordings again if you have them elsewhere.',
        ]
      : [];
  return [
    ...hitLines(hit, style),
    ...problemLines(problems, hit, style),
    ...(did.length > 0 ? did : ['There was nothing to repair.']),
    ...end,
  ];
}

export function renderCollect(report: CollectReport, dryRun: boolean, style: Style): string[] {
  const { packBytesBefore, packBytesAfter, packsRemoved, movedBytes, keptDamaged } = report;
  const freed = Math.max(0, packBytesBefore - packBytesAfter);
  const packs = counted(packsRemoved, 'pack');
  const done =
    packsRemoved === 0
      ? 'Nothing is unused enough to be worth writing anew.'
      : dryRun
        ? `Would give back ${sizeText(freed)}: ${packs} written anew, ${sizeText(movedBytes)} of them. Nothing was changed.`
        : `Gave back ${sizeText(freed)}: ${packs} written anew, ${sizeText(movedBytes)} of them.`;
  return [
    done,
    ...keptDamaged.map((pack) =>
      style.warning(`${safeText(pack)} is damaged and was left as it is; "store verify" says more.`),
    ),
  ];
}
