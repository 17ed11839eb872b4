/** What is said to the person on standard error, besides the results. */
import { AppError, type Progress } from '#kernel';
import type { Output } from './surroundings.ts';
import { createProgressLine, type ProgressLine } from './terminal/progress-line.ts';
import { safeText } from './terminal/safe-text.ts';
import { createStyle, type Style } from './terminal/style.ts';

export interface Talk {
  readonly style: Style;
  readonly progress: Progress;
  /** How much is wanted: 0 is the usual, 1 with -v, 2 with -vv, −1 with --quiet. */
  readonly verbosity: number;
  /** Prints a line where at least `verbosity` is wanted. */
  say(line: string, verbosity?: number): void;
  /** Says what should be known, and is no failure. */
  warn(sentence: string): void;
  error(error: unknown): void;
  /** Takes the progress bar away before something is printed elsewhere. */
  clear(): void;
}

export interface TalkOptions {
  readonly output: Output;
  readonly colored: boolean;
  readonly verbosity: number;
  readonly showsProgress: boolean;
  readonly now: () => number;
}

export function createTalk({ output, colored, verbosity, showsProgress, now }: TalkOptions): Talk {
  const style = createStyle(colored);
  const bar: ProgressLine = createProgressLine(output, style, now);
  const say: Talk['say'] = (line, least = 0) => {
    if (verbosity < least) return;
    bar.clear();
    output.write(`${line}\n`);
  };
  return {
    style,
    verbosity,
    progress: showsProgress && verbosity >= 0 ? bar.show : () => {},
    clear: bar.clear,
    say,
    warn: (sentence) => say(style.warning(sentence)),
    error: (error) => {
      bar.clear();
      output.write(errorText(error, style));
    },
  };
}

/** What went wrong and what to do about it; a bug comes with its stack trace and where to tell. */
export function errorText(error: unknown, style: Style): string {
  const name = style.bad('reprise:');
  if (error instanceof AppError) {
    const hint = error.hint ? `  ${safeText(error.hint)}\n` : '';
    return `${name} ${safeText(error.message)}\n${hint}`;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = trace.split('\n').map((line) => `  ${safeText(line)}`);
  return (
    `${name} This is a bug in Reprise, not something that you did wrong. Your music and the catalogue are safe.\n` +
    `${lines.join('\n')}\n` +
    '  Please report it with the command, these lines and what "reprise doctor" says, where you got Reprise from.\n'
  );
}
