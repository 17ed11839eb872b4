/** Decisions as programs and people see them, and as they travel to another catalogue. */
import type { PresentFile, RecordedDecision } from '#catalogue';
import type { BytePath } from '#kernel';
import { type DecisionWord, decisionsInForce, settleDecisions } from '#matching';

/** What `decisions export` writes and `decisions import` reads: all that was ever said, so that merging loses nothing. */
export interface DecisionsExport {
  readonly v: 1;
  /** In the order in which they came in. */
  readonly decisions: readonly DecisionEntry[];
}

/** One word. A path is what the file was called then; where it is no UTF-8, JSON carries its bytes as `aPathBase64`. */
export interface DecisionEntry {
  /** Its number in the catalogue that wrote it. */
  readonly n: number;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly at: string;
  readonly word: DecisionWord;
  readonly a: BytePath | null;
  readonly aAudioHash: string;
  readonly b: BytePath | null;
  readonly bAudioHash: string;
}

/** What `decisions list` tells: the words in force. It can be imported, too. */
export interface DecisionsList {
  readonly v: 1;
  /** By time. */
  readonly decisions: readonly ListedDecision[];
}

/** Paths are where the sounds lie now, or, where no present file holds one, what was named once. */
export interface ListedDecision extends DecisionEntry {
  readonly aPresent: boolean;
  readonly bPresent: boolean;
  /** Numbers of the decisions that it contradicts and that go before it; empty where it holds. */
  readonly overruledBy: readonly number[];
}

/** The whole log. */
export function decisionsExport(log: readonly RecordedDecision[]): DecisionsExport {
  return { v: 1, decisions: log.map(entryOf) };
}

/** The words in force. */
export function decisionsList(log: readonly RecordedDecision[], present: readonly PresentFile[]): DecisionsList {
  const paths = pathsBySound(present);
  const reasons = new Map(settleDecisions(log).overruled.map(({ decision, by }) => [decision.n, by.map(({ n }) => n)]));
  const listed = decisionsInForce(log).map((decision) => {
    const [inA, inB] = [paths.get(decision.a) ?? [], paths.get(decision.b) ?? []];
    return {
      ...entryOf({ ...decision, aPath: pathNow(decision.aPath, inA), bPath: pathNow(decision.bPath, inB) }),
      aPresent: inA.length > 0,
      bPresent: inB.length > 0,
      overruledBy: reasons.get(decision.n) ?? [],
    };
  });
  return { v: 1, decisions: listed };
}

/** Paths of the present files that hold each sound. */
export function pathsBySound(present: readonly PresentFile[]): ReadonlyMap<string, readonly BytePath[]> {
  const paths = new Map<string, BytePath[]>();
  for (const { file, content } of present) {
    const hash = content?.sound?.audioHash;
    if (hash === undefined) continue;
    const some = paths.get(hash) ?? [];
    some.push(file.path);
    paths.set(hash, some);
  }
  return paths;
}

function pathNow(named: BytePath | null, now: readonly BytePath[]): BytePath | null {
  return named !== null && now.includes(named) ? named : (now[0] ?? named);
}

function entryOf({ n, at, word, a, b, aPath, bPath }: RecordedDecision): DecisionEntry {
  return { n, at: new Date(at).toISOString(), word, a: aPath, aAudioHash: a, b: bPath, bAudioHash: b };
}
