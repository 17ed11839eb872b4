/**
 * Reads decisions that were exported. The text may have been edited, damaged or made by something else: what is a
 * decision is taken, everything else is named with its reason.
 */
import type { NewDecision } from '#catalogue';
import { AppError, type BytePath, bytesOfBase64, displayPath, type Failure, pathFromBytes } from '#kernel';
import type { DecisionWord } from '#matching';
import type { DecisionParts } from './decide.ts';

/** What became of an import. */
export interface ImportReport {
  /** Entries in the text: the sum of the next three. */
  readonly entries: number;
  readonly added: number;
  /** The log had them already. */
  readonly known: number;
  readonly failures: readonly ImportFailure[];
}

/** An entry that was not taken. */
export interface ImportFailure extends Failure {
  /** Its place in the list, from 1. */
  readonly entry: number;
  /** The names in it, as far as it has any. */
  readonly a: BytePath | null;
  readonly b: BytePath | null;
}

/**
 * Adds the decisions of an exported text to the log, in one transaction.
 * @throws AppError `decisions/not-an-export`, `decisions/too-new`
 */
export async function importDecisions({ store }: Pick<DecisionParts, 'store'>, text: string): Promise<ImportReport> {
  const entries = entriesOf(text);
  const read = entries.map((entry, index) => decisionOf(entry, index + 1));
  const decisions = read.flatMap((one) => ('code' in one ? [] : [one]));
  const added = decisions.length === 0 ? [] : await store.addDecisions(decisions);
  return {
    entries: entries.length,
    added: added.length,
    known: decisions.length - added.length,
    failures: read.flatMap((one) => ('code' in one ? [one] : [])),
  };
}

type Unknown = Readonly<Record<string, unknown>>;

function entriesOf(text: string): readonly unknown[] {
  const document = parsed(text);
  const version = document?.['v'];
  if (typeof version === 'number' && version > 1) throw tooNew(version);
  const decisions = document?.['decisions'];
  if (version !== 1 || !Array.isArray(decisions)) throw notAnExport('it has no "v": 1 with a list of "decisions"');
  return decisions;
}

function parsed(text: string): Unknown | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (cause) {
    throw notAnExport('it is not JSON, or breaks off', cause);
  }
}

function isRecord(value: unknown): value is Unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAnExport(why: string, cause?: unknown): AppError {
  return new AppError(
    'decisions/not-an-export',
    `The text holds no exported decisions: ${why}. Nothing was imported.`,
    {
      kind: 'corrupt',
      hint: 'Name a file that "reprise decisions export FILE" wrote.',
      cause,
    },
  );
}

function tooNew(version: number): AppError {
  return new AppError('decisions/too-new', `The decisions have form ${version}; this program knows form 1.`, {
    kind: 'unsupported',
    hint: 'Import them with the newer program that wrote them.',
  });
}

const WORDS: readonly DecisionWord[] = ['same', 'different', 'ask'];

function decisionOf(entry: unknown, number: number): NewDecision | ImportFailure {
  const fields = isRecord(entry) ? entry : {};
  const [aPath, bPath] = [pathOf(fields, 'a'), pathOf(fields, 'b')];
  const damage = isRecord(entry) ? damageOf(fields, aPath, bPath) : 'it is not an object';
  const names = { a: aPath ?? null, b: bPath ?? null };
  if (damage !== undefined) {
    const who = [names.a, names.b].map((path) => (path === null ? 'no name' : displayPath(path))).join(', ');
    return { entry: number, ...names, code: 'decisions/damaged', message: `Entry ${number} (${who}): ${damage}.` };
  }
  const [a, b] = [fields['aAudioHash'] as string, fields['bAudioHash'] as string];
  const rest = { word: fields['word'] as DecisionWord, at: Date.parse(fields['at'] as string) };
  return a < b
    ? { ...rest, a, b, aPath: names.a, bPath: names.b }
    : { ...rest, a: b, b: a, aPath: names.b, bPath: names.a };
}

/** What keeps the entry from being a decision; `undefined` where nothing does. */
function damageOf(fields: Unknown, aPath: BytePath | null | undefined, bPath: typeof aPath): string | undefined {
  const { word, at, aAudioHash, bAudioHash } = fields as Readonly<Record<string, string>>;
  if (!WORDS.includes(word as DecisionWord)) return `its word is none of ${WORDS.join(', ')}`;
  if (!isTime(at)) return 'its time is none';
  if (!isHash(aAudioHash) || !isHash(bAudioHash)) return 'it lacks the audio hash of a sound';
  if (aAudioHash === bAudioHash) return 'both sides are one sound';
  return aPath === undefined || bPath === undefined ? 'a path is none' : undefined;
}

/** Up to the year 8999: what is said later must have a later time, which four digits can still write. */
function isTime(value: unknown): boolean {
  return typeof value === 'string' && /^[0-8]\d{3}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

/** `null` where none is given, `undefined` where it is none. */
function pathOf(fields: Unknown, key: 'a' | 'b'): BytePath | null | undefined {
  const [path, exact] = [fields[key] ?? null, fields[`${key}PathBase64`]];
  if (path !== null && typeof path !== 'string') return undefined;
  if (exact === undefined) return path as BytePath | null;
  try {
    return typeof exact === 'string' ? pathFromBytes(bytesOfBase64(exact)) : undefined;
  } catch {
    // No base64.
    return undefined;
  }
}
