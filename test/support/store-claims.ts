/**
 * What files of a store must be after an accident, as far as it was told before. Whoever works on the store tells what may
 * become of a file before he begins, and what it is as soon as that was acknowledged; in between, every state that it may
 * be in is right.
 */
import { createHash } from 'node:crypto';

/** Of a file's bytes: how many there are, and which ranges `[from, to)` have this SHA-256. */
export interface Claim {
  readonly least: number;
  /** null: no end to it. */
  readonly most: number | null;
  readonly parts: readonly (readonly [from: number, to: number, hash: string])[];
}

/** null: there is no such file. */
export type State = Claim | null;

/** By paths. */
export type States = Readonly<Record<string, State>>;

/** What is told, each on a line. */
export type Told =
  | { readonly ready: true }
  /** Something begins that may bring files into these states, or leave them as they are. */
  | { readonly may: States }
  /** It was acknowledged. */
  | { readonly are: States }
  /** What was just told moves this file from one name to another; it must be there under one, until more is told of them. */
  | { readonly moves: readonly string[]; readonly file: Claim }
  /** An act was refused. */
  | { readonly refused: string; readonly code: string }
  | { readonly done: string };

export const ANYTHING: Claim = { least: 0, most: null, parts: [] };

export function exactly(bytes: Uint8Array): Claim {
  return { least: bytes.length, most: bytes.length, parts: [[0, bytes.length, hashOf(bytes)]] };
}

/** What is being written to in `[from, to)`. */
export function outside(bytes: Uint8Array, from: number, to: number): Claim {
  const ranges = [
    [0, Math.min(from, bytes.length)],
    [to, bytes.length],
  ].filter(([start = 0, end = 0]) => start < end) as [number, number][];
  return {
    least: bytes.length,
    most: Math.max(bytes.length, to),
    parts: ranges.map(([start, end]) => [start, end, hashOf(bytes.subarray(start, end))] as const),
  };
}

export interface StoreRecord {
  take(told: Told): void;
  /** What is wrong with a store that holds these files, in sentences. */
  complaints(files: ReadonlyMap<string, Uint8Array>): string[];
  /** From now on exactly these are there. */
  settle(files: ReadonlyMap<string, Uint8Array>): void;
  /** How often each act was done. */
  readonly done: ReadonlyMap<string, number>;
  /** How often it was refused, by the act and the code. */
  readonly refused: ReadonlyMap<string, number>;
}

export function createRecord(): StoreRecord {
  const states = new Map<string, State[]>();
  const done = new Map<string, number>();
  const refused = new Map<string, number>();
  let moving: { paths: readonly string[]; file: Claim }[] = [];

  function settleMoves(paths: readonly string[]): void {
    moving = moving.filter((one) => !one.paths.some((path) => paths.includes(path)));
  }

  return {
    done,
    refused,
    take(told) {
      if ('may' in told) {
        for (const [path, state] of Object.entries(told.may)) {
          states.set(path, [...(states.get(path) ?? [null]), state]);
        }
        settleMoves(Object.keys(told.may));
      } else if ('are' in told) {
        for (const [path, state] of Object.entries(told.are)) states.set(path, [state]);
        settleMoves(Object.keys(told.are));
      } else if ('moves' in told) {
        moving.push({ paths: told.moves, file: told.file });
      } else if ('done' in told) {
        done.set(told.done, (done.get(told.done) ?? 0) + 1);
      } else if ('refused' in told) {
        const how = `${told.refused}: ${told.code}`;
        refused.set(how, (refused.get(how) ?? 0) + 1);
      }
    },
    complaints(files) {
      const found: string[] = [];
      for (const [path, allowed] of states) {
        const bytes = files.get(path);
        if (!allowed.some((state) => meets(bytes, state)))
          found.push(`${path}: ${shown(bytes)}, and not ${allowed.map(wordsFor).join(' or ')}.`);
      }
      for (const [path, bytes] of files) {
        if (!states.has(path)) found.push(`${path}: ${shown(bytes)}, and nobody made it.`);
      }
      for (const { paths, file } of moving) {
        if (!paths.some((path) => meets(files.get(path), file)))
          found.push(`${wordsFor(file)} is at none of ${paths.join(', ')}.`);
      }
      return found;
    },
    settle(files) {
      states.clear();
      moving = [];
      for (const [path, bytes] of files) states.set(path, [exactly(bytes)]);
    },
  };
}

/** How often each act was done, and refused. */
export function actsOf({ done, refused }: StoreRecord): string {
  const shownOf = (acts: ReadonlyMap<string, number>): string =>
    [...acts]
      .sort()
      .map(([act, times]) => `${act} ${times}`)
      .join(', ');
  return `done: ${shownOf(done)}; refused: ${shownOf(refused) || 'none'}`;
}

function meets(bytes: Uint8Array | undefined, state: State): boolean {
  if (bytes === undefined || state === null) return bytes === undefined && state === null;
  const { least, most, parts } = state;
  if (bytes.length < least || bytes.length > (most ?? Number.POSITIVE_INFINITY)) return false;
  return parts.every(([from, to, hash]) => hashOf(bytes.subarray(from, to)) === hash);
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function shown(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'is not there' : `has ${bytes.length} bytes, ${hashOf(bytes).slice(0, 8)}`;
}

function wordsFor(state: State): string {
  if (state === null) return 'nothing';
  const { least, most, parts } = state;
  const known = parts.map(([from, to, hash]) => `${from}-${to} ${hash.slice(0, 8)}`);
  return `${least} to ${most ?? 'any'} bytes [${known.join(', ')}]`;
}
