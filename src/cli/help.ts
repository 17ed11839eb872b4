import { COMMANDS, type CommandSpec, GLOBAL_OPTIONS, type OptionSpec } from './options.ts';

const WIDTH = 100;

/** `reprise --help`. */
export function generalHelp(version: string): string {
  return [
    `Reprise ${version} finds every recording that a music collection holds twice, and which copy is worth keeping.`,
    '',
    'Usage: reprise [OPTIONS] COMMAND …',
    '',
    'Commands',
    ...rows(COMMANDS.map((command) => [namesOf(command), command.summary])),
    '',
    'Options of every command',
    ...rows(GLOBAL_OPTIONS.map(optionRow)),
    '',
    'Start here',
    ...rows([
      ['reprise find ~/Music', 'the duplicates in a folder; nothing is changed'],
      ['reprise config init', 'name your music folders once'],
      ['reprise find --help', 'more about a command'],
    ]),
    '',
  ].join('\n');
}

/** `reprise COMMAND --help`. */
export function commandHelp(command: CommandSpec): string {
  const { aliases, options, examples } = command;
  return [
    `Usage: reprise ${command.name} [OPTIONS] ${command.operands}`.trimEnd(),
    '',
    ...wrap(command.about, WIDTH),
    ...(aliases.length > 0 ? [`Also called ${aliases.join(', ')}.`] : []),
    ...(options.length > 0 ? ['', 'Options', ...rows(options.map(optionRow))] : []),
    ...(examples.length > 0 ? ['', 'Examples', ...rows(examples)] : []),
    '',
    'Options of every command: see "reprise --help".',
    '',
  ].join('\n');
}

function namesOf({ name, aliases }: CommandSpec): string {
  return aliases.length > 0 ? `${name} (${aliases.join(', ')})` : name;
}

function optionRow({ name, short, value, help }: OptionSpec): readonly [string, string] {
  return [`${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`, help];
}

function rows(pairs: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...pairs.map(([term]) => term.length)) + 2;
  return pairs.flatMap(([term, meaning]) =>
    wrap(meaning, WIDTH - left - 2).map((line, index) => `  ${(index === 0 ? term : '').padEnd(left)}${line}`),
  );
}

/** Lines of at most `width` characters. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) as string;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
