/** Whether outcomes are what they should be. */
import type { PosixCase } from './posix-case.ts';
import type { Outcome } from './run-cases.ts';

/** Steps that no file system can be blamed for: the case itself is wrong, or came to no end. */
const BROKEN = /^(USAGE|KILLED)/;
const ERROR = /^E[A-Z0-9]+$/;

/** What of a case does not hold, in sentences: a step that could not be done, or that answers otherwise than the table says. */
export function faultsOf({ steps }: PosixCase, outcome: Outcome): readonly string[] {
  return steps.flatMap(({ line, isGiven, wants }, at) => {
    const [answer] = outcome[at]?.split('\n') ?? [];
    if (answer === undefined || BROKEN.test(answer)) return [`${line}: ${answer ?? 'no answer'}`];
    if (isGiven) return ERROR.test(answer) ? [`${line}: ${answer}, though it only prepares`] : [];
    if (wants === undefined || wants === answer || (wants === 'ok' && !ERROR.test(answer))) return [];
    return [`${line}: ${answer}, not ${wants}`];
  });
}

/** The lines of an outcome that differ from those of another file system, each behind what was done. */
export function deviationsOf({ steps }: PosixCase, outcome: Outcome, other: Outcome): readonly string[] {
  return steps.flatMap(({ line }, at) => {
    const seen = outcome[at]?.split('\n') ?? ['no answer'];
    const expected = other[at]?.split('\n') ?? ['no answer'];
    const differing = seen.filter((text, n) => text !== expected[n] && !(n > 0 && expected.includes(text)));
    const missing = expected.slice(1).filter((text) => !seen.includes(text));
    return [...differing, ...missing.map((text) => `no longer ${text.trim()}`)].map(
      (text) => `${line} => ${text.trim()}`,
    );
  });
}
