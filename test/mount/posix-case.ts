/**
 * Cases of the POSIX table as they are written: lines for `syscalls.c`, of which those above `---` prepare and must succeed,
 * and those below are tried. ` => ANSWER` behind one that is tried says what it must answer; what is not said so, and all
 * that is left afterwards, only has to be the same on every file system.
 */

export interface Step {
  /** For `syscalls.c`. */
  readonly line: string;
  /** Prepares what is tried, so it must succeed. */
  readonly isGiven: boolean;
  /** What it must answer; undefined where that is left to the file system it is compared with. */
  readonly wants: string | undefined;
}

export interface PosixCase {
  /** Of this case alone. */
  readonly title: string;
  readonly steps: readonly Step[];
}

const GIVEN_END = '---';

/** @param script its lines, with newlines or ` ; ` between them */
export function posixCase(title: string, script: string): PosixCase {
  const lines = script.split(/\n| ; /).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const end = lines.indexOf(GIVEN_END);
  const given = lines.slice(0, Math.max(end, 0));
  const tried = lines.slice(end + 1);
  return {
    title,
    steps: [
      ...given.map((line) => ({ line, isGiven: true, wants: undefined })),
      { line: 'mark', isGiven: true, wants: 'ok' },
      ...tried.map(stepOf),
      { line: 'look', isGiven: false, wants: 'ok' },
    ],
  };
}

function stepOf(text: string): Step {
  const [line = '', wants] = text.split(' => ');
  return { line, isGiven: false, wants };
}

/** @param text cases one after the other, each behind a line `# TITLE` */
export function posixCases(text: string): readonly PosixCase[] {
  return text
    .split(/^\s*# /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      return posixCase(title.trim(), lines.join('\n'));
    });
}
