/** Reads the command line. Options may stand before and after the command; `--` ends them. */
import { AppError, closestWord } from '#kernel';
import { COMMANDS, type CommandSpec, commandNamed, GLOBAL_OPTIONS, type OptionSpec } from './options.ts';

export interface Invocation {
  /** `undefined` where none was given. */
  readonly command: CommandSpec | undefined;
  readonly operands: readonly string[];
  readonly options: GivenOptions;
}

/** Each option that was given with its values in order; a switch has one empty text for each time. */
export type GivenOptions = ReadonlyMap<string, readonly string[]>;

/** @throws AppError `usage/…` */
export function parseArguments(args: readonly string[]): Invocation {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  const queue = [...args];
  let command: CommandSpec | undefined;
  while (queue.length > 0) {
    const word = queue.shift() as string;
    if (word === '--') words.push(...queue.splice(0));
    else if (/^-[^-]/.test(word)) readLetters(word, queue, options, command);
    else if (word.startsWith('-') && word !== '-') readOption(word, queue, options, command);
    else if (command || words.length > 0) words.push(word);
    else command = commandNamed(word) ?? unknownCommand(word);
  }
  assertNothingLeft(command, words, options);
  return { command, operands: words, options };
}

// Options are known while they are read, so that `--json find` does not swallow the command.
function readOption(
  word: string,
  queue: string[],
  options: Map<string, string[]>,
  command: CommandSpec | undefined,
): void {
  const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const spec = optionNamed(name, command) ?? unknownOption(`--${name}`, command);
  if (spec.value === undefined) {
    if (inline !== undefined) throw usage('usage/unexpected-value', `--${name} takes no value.`, seeHelp(command));
    add(options, name, '');
    return;
  }
  // Another option where folders should stand is one forgotten, and no folder.
  const isForgotten = spec.many && inline === undefined && !isValue(queue[0]);
  add(options, name, checked(spec, isForgotten ? undefined : (inline ?? queue.shift())));
  // Only where the name stood apart: `--source=a b` is about one folder.
  if (spec.many && inline === undefined) while (isValue(queue[0])) add(options, name, checked(spec, queue.shift()));
}

function isValue(word: string | undefined): boolean {
  return word !== undefined && (word === '' || !word.startsWith('-'));
}

/** One letter each; what follows one that takes a value is its value. */
function readLetters(
  word: string,
  queue: string[],
  options: Map<string, string[]>,
  command: CommandSpec | undefined,
): void {
  const known = [...GLOBAL_OPTIONS, ...(command?.options ?? [])];
  for (const [at, letter] of [...word].entries()) {
    if (at === 0) continue;
    const spec = known.find(({ short }) => short === letter) ?? unknownOption(`-${letter}`, command);
    if (spec.value === undefined) add(options, spec.name, '');
    else {
      const rest = [...word].slice(at + 1).join('');
      add(options, spec.name, checked(spec, rest === '' ? queue.shift() : rest));
      return;
    }
  }
}

function optionNamed(name: string, command: CommandSpec | undefined): OptionSpec | undefined {
  const own = command ? command.options : COMMANDS.flatMap(({ options }) => options);
  return [...GLOBAL_OPTIONS, ...own].find((option) => option.name === name);
}

function checked(spec: OptionSpec, value: string | undefined): string {
  if (value === undefined || value === '') {
    throw usage('usage/missing-value', `--${spec.name} needs a value: --${spec.name} ${spec.value}.`, seeHelp());
  }
  if (spec.choices && !spec.choices.includes(value)) {
    throw usage(
      'usage/bad-value',
      `--${spec.name} must be one of ${spec.choices.join(', ')}, not "${value}".`,
      seeHelp(),
    );
  }
  return value;
}

function add(options: Map<string, string[]>, name: string, value: string): void {
  options.set(name, [...(options.get(name) ?? []), value]);
}

function assertNothingLeft(command: CommandSpec | undefined, words: readonly string[], options: GivenOptions): void {
  if (!command || options.has('help') || options.has('version')) return;
  for (const name of options.keys()) if (!optionNamed(name, command)) unknownOption(`--${name}`, command);
  const [min, max] = command.count;
  const form = `reprise ${command.name} ${command.operands}`.trimEnd();
  if (words.length < min) throw usage('usage/too-few', `"${command.name}" needs more: ${form}.`, seeHelp(command));
  if (words.length > max) throw usage('usage/too-many', `"${words[max]}" is one too many: ${form}.`, seeHelp(command));
}

function unknownCommand(word: string): never {
  const meant = closestWord(
    word,
    COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]),
  );
  const search = /[/.~]/.test(word) ? `To look for duplicates there: reprise find ${word}` : undefined;
  const hint = search ?? (meant ? `Did you mean "${meant}"?` : seeHelp());
  throw usage('usage/unknown-command', `There is no command "${word}".`, hint);
}

function unknownOption(word: string, command: CommandSpec | undefined): never {
  const known = [...GLOBAL_OPTIONS, ...(command?.options ?? [])];
  const meant = closestWord(
    word,
    known.map(({ name }) => `--${name}`),
  );
  const message = command ? `"${command.name}" has no option ${word}.` : `There is no option ${word}.`;
  throw usage('usage/unknown-option', message, meant ? `Did you mean ${meant}?` : seeHelp(command));
}

function usage(code: string, message: string, hint: string): AppError {
  return new AppError(code, message, { kind: 'usage', hint });
}

function seeHelp(command?: CommandSpec): string {
  return `See "reprise ${command ? `${command.name} ` : ''}--help".`;
}
