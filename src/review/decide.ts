/** A person's words about pairs of files: what is recorded, and what may not be. */
import type { DecisionStore, RecordedDecision } from '#catalogue';
import { AppError, type BytePath, type Clock, displayPath } from '#kernel';
import { type DecisionWord, decisionsInForce, settleDecisions } from '#matching';

/** A sound under the name by which a person speaks of it. */
export interface NamedSound {
  readonly path: BytePath;
  readonly audioHash: string;
}

export interface DecisionParts {
  readonly store: DecisionStore;
  readonly clock: Clock;
}

/**
 * Records a word; the last one about a pair counts. `null` where there is nothing to record: it counts already, there
 * is nothing to forget, or both hold the same audio, which is never anything but the same.
 * @throws AppError `decisions/one-file`, `decisions/one-sound`
 */
export async function recordDecision(
  parts: DecisionParts,
  one: NamedSound,
  other: NamedSound,
  word: DecisionWord,
): Promise<RecordedDecision | null> {
  if (one.path === other.path) throw oneFile(one.path);
  if (one.audioHash === other.audioHash) {
    if (word === 'different') throw oneSound(one.path, other.path);
    return null;
  }
  const [a, b] = one.audioHash < other.audioHash ? [one, other] : [other, one];
  const log = await parts.store.decisions();
  const isHeld = settleDecisions(log).held.some(
    (held) => held.a === a.audioHash && held.b === b.audioHash && held.word === word,
  );
  if (isHeld || (word === 'ask' && standing(log, a, b) === undefined)) return null;
  return append(parts, log, { a: a.audioHash, b: b.audioHash, word, aPath: a.path, bPath: b.path });
}

/** Takes back the decision of this number. @throws AppError `decisions/missing` */
export async function revokeDecision(parts: DecisionParts, n: number): Promise<RecordedDecision> {
  const log = await parts.store.decisions();
  const decision = decisionsInForce(log).find((inForce) => inForce.n === n);
  if (decision === undefined) throw noDecision(`There is no decision ${n} in force.`);
  return append(parts, log, { ...decision, word: 'ask' });
}

/** The error where there is nothing to take back. */
export function noDecision(message: string): AppError {
  return new AppError('decisions/missing', message, {
    kind: 'missing',
    hint: '"reprise decisions list" shows those in force, with their numbers.',
  });
}

function standing(log: readonly RecordedDecision[], a: NamedSound, b: NamedSound): RecordedDecision | undefined {
  return decisionsInForce(log).find((decision) => decision.a === a.audioHash && decision.b === b.audioHash);
}

/** What is said now is the last word, also where a clock was set back or an import comes from one that is ahead. */
async function append(
  { store, clock }: DecisionParts,
  log: readonly RecordedDecision[],
  { a, b, word, aPath, bPath }: Omit<RecordedDecision, 'n' | 'at'>,
): Promise<RecordedDecision> {
  const last = log.reduce((most, decision) => Math.max(most, decision.at), 0);
  const at = Math.max(clock.now(), last + 1);
  const [recorded] = await store.addDecisions([{ at, a, b, word, aPath, bPath }]);
  return recorded as RecordedDecision;
}

function oneFile(path: BytePath): AppError {
  return new AppError('decisions/one-file', `Both names mean one file, ${displayPath(path)}.`, {
    kind: 'usage',
    hint: 'Name two files, as in "reprise decide a.flac b.mp3 same".',
  });
}

function oneSound(a: BytePath, b: BytePath): AppError {
  const text = `${displayPath(a)} and ${displayPath(b)} hold the same audio, to the last bit; they cannot be different.`;
  return new AppError('decisions/one-sound', text, {
    kind: 'usage',
    hint: 'Only their tags or containers can differ; "reprise compare A B" tells.',
  });
}
