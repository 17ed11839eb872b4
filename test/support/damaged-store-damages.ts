/** Pieces of a store flipped, zeroed, cut off or taken away, one to three at once, and what must hold then. */
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BytePath, bytesOfPath } from '#kernel';
import { packName } from '#store';
import { BLOCK_BYTES, placeOfBlock, storedBlockBytes } from '../../src/store/blocks.ts';
import { unpackExtents } from '../../src/store/recipe.ts';
import { collect, type Look, look, misnamed, openStore, repair, type Truth, verify } from './damaged-store.ts';
import { copyStore } from './damaged-store-content.ts';
import { createRandom } from './music.ts';

/** `[from, to)` of a file of the store. */
interface Piece {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

export interface Damage extends Piece {
  readonly way: 'flip' | 'zeros' | 'noise' | 'cut' | 'missing';
  /** The number of the try, by which bytes are changed. */
  readonly n: number;
}

/** What comes into a file that is empty. */
const NOISE_BYTES = 1000;

/** Where the bytes of each file lie: blocks of packs, or a raw file. */
export type Needs = ReadonlyMap<BytePath, readonly Piece[]>;

export function needsOf(store: string, { answers }: Truth): Needs {
  using opened = openStore(store);
  const { parts, tree } = opened;
  const { database } = parts;
  return new Map(
    Array.from(answers.keys(), (name) => {
      const { content, isRaw, id, size } = tree.resolve(bytesOfPath(`/${name}` as BytePath));
      if (isRaw) return [name, [{ file: `raw/${id}`, from: 0, to: size }]];
      const extents = content === null ? [] : database.pagesOf(content).flatMap(unpackExtents);
      const pieces = extents.flatMap(({ blob: number, offset, length }) => {
        const blob = database.blob(number);
        if (blob === undefined) return [];
        const [first, last] = [offset, offset + length - 1].map((at) => Math.floor(at / BLOCK_BYTES)) as [
          number,
          number,
        ];
        const to = blob.offset + placeOfBlock(last) + storedBlockBytes(last, blob.length);
        return [{ file: packName(blob.pack), from: blob.offset + placeOfBlock(first), to }];
      });
      return [name, pieces];
    }),
  );
}

/** Of the n-th try. */
export function damagesOf(store: string, seed: number, n: number): readonly Damage[] {
  const random = createRandom(seed * 100_003 + n);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const filesIn = (folder: string): string[] =>
    readdirSync(path.join(store, folder))
      .sort()
      .map((name) => `${folder}/${name}`);
  const someFile = (): string => {
    const chance = random();
    if (chance < 0.35) return 'meta.db';
    if (chance < 0.65) return pick(filesIn('packs'));
    if (chance < 0.75) return pick(filesIn('raw'));
    return pick(['copy.db', 'copy.db', 'copy.log', 'index.db', 'reprise-store', 'lock']);
  };
  const damage = (): Damage => {
    const file = someFile();
    const { size } = statSync(path.join(store, file));
    const way = size === 0 ? 'noise' : pick(['flip', 'flip', 'flip', 'zeros', 'noise', 'cut', 'missing'] as const);
    const from = way === 'missing' ? 0 : Math.floor(random() * size);
    const length = way === 'flip' ? 1 : way === 'cut' || way === 'missing' ? size - from : 2 ** (random() * 14);
    return { way, file, from, to: from + Math.max(1, Math.min(size - from || NOISE_BYTES, Math.floor(length))), n };
  };
  const chance = random();
  if (chance < 0.02)
    return filesIn(pick(['packs', 'raw'])).map((file) => ({ way: 'missing', file, from: 0, to: Number.MAX_VALUE, n }));
  return Array.from({ length: chance < 0.6 ? 1 : chance < 0.85 ? 2 : 3 }, damage);
}

function inflict(store: string, { way, file, from, to, n }: Damage): void {
  const full = path.join(store, file);
  const old = statSync(full, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(full);
  // Another damage may have taken it, or its end.
  if (old === undefined || from > old.length) return;
  if (way === 'missing') rmSync(full);
  else if (way === 'cut') truncateSync(full, from);
  else {
    const random = createRandom(n);
    const change = (byte: number): number => (way === 'zeros' ? 0 : byte ^ (1 + Math.floor(random() * 255)));
    const changed = Uint8Array.from({ length: to - from }, (_, at) => change(old[from + at] ?? 0));
    writeFileSync(full, Buffer.concat([old.subarray(0, from), changed, old.subarray(to)]));
  }
}

export interface DamageResult {
  /** What must not be. */
  readonly failures: readonly string[];
  /** Paths that could not be read before the repair, after it, and that were gone after it. */
  readonly hit: number;
  readonly left: number;
  readonly gone: number;
}

/** @param scratch a folder that becomes a copy of the store */
export async function tryDamages(
  store: string,
  scratch: string,
  truth: Truth,
  needs: Needs,
  damages: readonly Damage[],
): Promise<DamageResult> {
  copyStore(store, scratch);
  for (const damage of damages) inflict(scratch, damage);
  const isDamaged = (...names: string[]): boolean => damages.some(({ file }) => names.includes(file));
  const isRecoverable = !isDamaged('meta.db') || !isDamaged('copy.db', 'copy.log');
  const known = expected(truth, damages, needs);
  const mayFail = (name: BytePath): boolean => (needs.get(name) ?? []).some((need) => damages.some(overlaps(need)));

  const seen = await look(scratch, known);
  const before = await verify(scratch);
  const failures = [...seen.wrong, ...before.failures];
  if (before.report !== undefined && isRecoverable) failures.push(...misnamed(seen, known, before.report));
  if (seen.failed.size > 0 && before.report?.problems.length === 0 && before.report.hit.length === 0)
    failures.push('verify finds nothing');
  if (!isDamaged('meta.db', 'reprise-store')) failures.push(...unexpected(seen, mayFail));

  const repaired = await repair(scratch);
  failures.push(...repaired.failures);
  const after = await look(scratch, known);
  const later = await verify(scratch);
  failures.push(...later.failures);
  const hasTold = repaired.report !== undefined && repaired.report.lostRows + repaired.report.foundFiles > 0;
  const isGone = (words: string): boolean => !isRecoverable && hasTold && LOST.test(words);
  const told = [...after.wrong.filter((words) => !isGone(words)), ...(isRecoverable ? unexpected(after, mayFail) : [])];
  if (isRecoverable && hasTold) told.push('repair tells of losses');
  if (later.report !== undefined) told.push(...misnamed(after, known, later.report), ...later.report.notes);

  const collected = await collect(scratch);
  failures.push(...collected.failures);
  const last = await look(scratch, known);
  const worse = [...last.failed].filter(([name]) => !after.failed.has(name)).map(([, why]) => why);
  const wronger = last.wrong.filter((words) => !after.wrong.includes(words));
  failures.push(...told.map((words) => `after repair: ${words}`));
  failures.push(...[...worse, ...wronger].map((words) => `after a collection: ${words}`));
  const gone = new Set(after.wrong.filter(isGone)).size;
  return { failures, hit: seen.failed.size, left: after.failed.size, gone };
}

/** Answers, not crashes, that a loss explains which the repair has told of. */
const LOST = /instead of|PosixError: (ENOENT|ENOTDIR)|store\/missing-path/;

/** Bytes of raw files have no checksum: what was done to them is read. */
function expected(truth: Truth, damages: readonly Damage[], needs: Needs): Truth {
  const answers = Array.from(truth.answers).filter(([name]) => {
    const [piece] = needs.get(name) ?? [];
    const isRaw = piece?.file.startsWith('raw/') === true;
    return !isRaw || !damages.some(({ file, way }) => file === piece.file && way !== 'missing');
  });
  return { ...truth, answers: new Map(answers) };
}

function overlaps({ file, from, to }: Piece): (other: Piece) => boolean {
  return (other) => other.file === file && other.from < to && from < other.to;
}

function unexpected({ failed }: Look, mayFail: (name: BytePath) => boolean): string[] {
  return Array.from(failed).flatMap(([name, why]) =>
    mayFail(name) ? [] : [`"${name}" fails, which is whole: ${why}`],
  );
}
