/** Single bytes of a store's metadata changed, one at a time, and what must hold after each. */
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { collect, hitPaths, look, misnamed, repair, type Truth, verify } from './damaged-store.ts';
import { copyStore, metadataOf } from './damaged-store-content.ts';
import { createRandom } from './music.ts';

export interface Flip {
  readonly file: string;
  readonly at: number;
  /** Never 0. */
  readonly xor: number;
}

/** Of each file the first `whole` bytes, and of the rest every `step`-th. A half changes in one bit, a tenth in all. */
export function flipsOf(store: string, step: number, whole: number, seed: number): readonly Flip[] {
  const random = createRandom(seed);
  const byte = (): number => (random() < 0.2 ? 255 : 1 + Math.floor(random() * 255));
  return metadataOf(store).flatMap((file) =>
    Array.from({ length: statSync(path.join(store, file)).size }, (_, at) => at)
      .filter((at) => at < whole || at % step === 0)
      .map((at) => ({ file, at, xor: random() < 0.5 ? 1 << Math.floor(random() * 8) : byte() })),
  );
}

/** Files on which no answer depends: the index, the lock and the second copy. */
const FOLLOWERS = /^(index|copy)\.|^lock$/;
/** Of those that nobody notices, one in so many is repaired all the same. */
const UNNOTICED = 8;

export interface FlipResult {
  /** What must not be. */
  readonly failures: readonly string[];
  /** Did `verify` say anything? */
  readonly isNoticed: boolean;
  /** Was there an answer that is an error? */
  readonly isHit: boolean;
}

/** @param scratch a folder that becomes a copy of the store */
export async function tryFlip(store: string, scratch: string, truth: Truth, flip: Flip): Promise<FlipResult> {
  copyStore(store, scratch);
  change(path.join(scratch, flip.file), flip);
  const before = metadataIn(scratch);
  const seen = await look(scratch, truth);
  const { report, failures: broken } = await verify(scratch);
  const failures = [...seen.wrong, ...broken, ...(report === undefined ? [] : misnamed(seen, truth, report))];
  if (FOLLOWERS.test(flip.file)) failures.push(...Array.from(seen.failed, ([name]) => `"${name}" depends on it`));
  for (const [name, bytes] of metadataIn(scratch))
    if (before.get(name) !== bytes) failures.push(`${name} was changed by looking`);
  const isNoticed =
    report === undefined || [report.hit, report.problems, report.notes].some(({ length }) => length > 0);
  if (isNoticed || flip.at % UNNOTICED === 0) failures.push(...(await collectAndRepair(scratch, truth)));
  return { failures, isNoticed, isHit: seen.failed.size > 0 };
}

/** A collection of garbage may come before the repair. Nothing may be lost. */
async function collectAndRepair(store: string, truth: Truth): Promise<string[]> {
  const collected = await collect(store);
  const { report, failures } = await repair(store);
  const after = await look(store, truth);
  const verified = await verify(store);
  const left = verified.report;
  return [
    ...[...collected.failures, ...failures, ...verified.failures],
    ...(report !== undefined && report.lostRows + report.foundFiles > 0 ? ['repair tells of losses'] : []),
    ...[
      ...after.wrong,
      ...after.failed.values(),
      ...(left === undefined ? [] : [...left.problems, ...left.notes]),
      ...(left === undefined ? [] : Array.from(hitPaths(left), (name) => `"${name}" is hit`)),
    ].map((words) => `after repair: ${words}`),
  ];
}

function change(file: string, { at, xor }: Flip): void {
  const descriptor = openSync(file, 'r+');
  const old = readFileSync(file)[at] ?? 0;
  writeSync(descriptor, Uint8Array.of(old ^ xor), 0, 1, at);
  closeSync(descriptor);
}

/** A damaged index is made anew whenever it is opened, so it is left out. */
function metadataIn(store: string): ReadonlyMap<string, string> {
  const names = metadataOf(store).filter((name) => name !== 'index.db');
  return new Map(names.map((name) => [name, readFileSync(path.join(store, name), 'latin1')]));
}
