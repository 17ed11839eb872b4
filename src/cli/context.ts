/** What a command works with. */
import type { ResolvedSettings } from '#config';
import type { BytePath } from '#kernel';
import type { App } from './app.ts';
import type { Invocation } from './arguments.ts';
import { jsonOf } from './documents.ts';
import type { Log } from './log-type.ts';
import { chooseBase } from './render/paths.ts';
import type { View } from './render/view.ts';
import type { RunOptions } from './run-options.ts';
import type { Surroundings } from './surroundings.ts';
import type { Talk } from './talk.ts';
import { safeText, shellWord } from './terminal/safe-text.ts';
import type { Style } from './terminal/style.ts';

export interface CommandContext {
  readonly invocation: Invocation;
  readonly resolved: ResolvedSettings;
  readonly surroundings: Surroundings;
  readonly talk: Talk;
  readonly log: Log;
  /** For standard output. */
  readonly style: Style;
  readonly run: RunOptions;
  /** Opens the library; it is closed when the command ends. */
  openApp(): Promise<App>;
}

/** Does the command and returns the exit code. */
export type CommandRun = (context: CommandContext) => Promise<number>;

export function hasOption({ invocation }: CommandContext, name: string): boolean {
  return invocation.options.has(name);
}

/** Every value that the option was given. */
export function optionValues({ invocation }: CommandContext, name: string): readonly string[] {
  return invocation.options.get(name) ?? [];
}

/** Prints lines on standard output. */
export function print({ surroundings, talk }: CommandContext, lines: readonly string[]): void {
  talk.clear();
  if (lines.length > 0) surroundings.stdout.write(`${lines.join('\n')}\n`);
}

/** Prints a text as it is on standard output. */
export function printText({ surroundings, talk }: Pick<CommandContext, 'surroundings' | 'talk'>, text: string): void {
  talk.clear();
  surroundings.stdout.write(text);
}

export function printJson({ surroundings, talk }: CommandContext, document: object): void {
  talk.clear();
  surroundings.stdout.write(jsonOf(document));
}

/** How results about files below these roots are laid out. */
export function viewOf(context: CommandContext, roots: readonly BytePath[]): View {
  const { style, surroundings } = context;
  const { stdout, environment } = surroundings;
  const said = Number(environment['COLUMNS']);
  const columns = stdout.isTerminal ? (stdout.columns() ?? (said > 0 ? said : 80)) : undefined;
  const base = chooseBase(roots, surroundings.machine().workingFolder as BytePath);
  return { style, columns: columns === undefined ? undefined : Math.max(40, columns), base };
}

/** Tells and logs what became of each file: failures with -v, everything with -vv. */
export function tellItems(talk: Talk, log: Log): RunOptions['onItem'] {
  return ({ path, outcome }) => {
    const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
    const word = outcome.kind === 'done' ? outcome.value : outcome.kind;
    const reason = failure?.message ?? (outcome.kind === 'skipped' ? outcome.reason : undefined);
    const why = reason === undefined ? '' : `: ${safeText(reason)}`;
    if (talk.verbosity > 0) talk.say(`${word} ${shellWord(path)}${why}`, failure ? 1 : 2);
    log(failure ? 'warning' : 'debug', `file.${word}`, {
      path,
      ...(failure && { code: failure.code }),
      ...(reason !== undefined && { reason }),
    });
  };
}
