/** The settings file that `config init` writes: every setting, explained, commented out where it has its default. */
import { AppError } from '#kernel';
import { NAMED_TABLES, type NamedTable } from './named-settings.ts';
import { SETTINGS, type SettingKey, type SettingValue, type ValueSpec } from './settings.ts';
import { bracedWords } from './values.ts';

/** What a person chose; everything else stays a comment. */
export type Choices = ReadonlyMap<SettingKey, SettingValue>;

/** @throws AppError `config/not-utf-8`, because TOML is. */
export function commentedSettings(choices: Choices): string {
  const lines = [
    '# Settings of Reprise. A line that starts with # is a comment that shows the default.',
    '# Flags win over the environment (REPRISE_WORKERS, REPRISE_SCAN__EXTENSIONS …), that over a profile,',
    '# a profile over this file. "reprise config check" tells whether this file is right.',
  ];
  let section = '';
  for (const setting of SETTINGS) {
    const [first = '', name] = setting.key.split('.');
    if (name !== undefined && first !== section) {
      section = first;
      lines.push('', `[${section}]`);
    }
    lines.push('', ...wrapped(explanation(setting)), assignment(setting, name ?? first, choices.get(setting.key)));
  }
  for (const table of NAMED_TABLES) lines.push(...sectionExample(table));
  lines.push('', ...PROFILE_EXAMPLE, '');
  return lines.join('\n');
}

/** Comments only: a section that is there must say where its folder is. */
function sectionExample({ kind, exampleName, description, settings }: NamedTable): string[] {
  const values = settings.flatMap((setting) => [
    '',
    ...wrapped(explanation(setting)),
    assignment(setting, setting.key),
  ]);
  return ['', ...wrapped(description), `# [${kind}.${exampleName}]`, ...values];
}

const PROFILE_EXAMPLE = [
  '# A profile holds roots and any setting, and has a catalogue of its own: reprise --profile live find',
  '# [profiles.live]',
  '# roots = ["~/Concerts"]',
];

/** The description with unit, choices and range. */
export function explanation({ description, unit, shape, defaultText }: ValueSpec): string {
  const parts = [description];
  if (shape.kind === 'words') parts.push(`Some of ${shape.words.join(', ')}.`);
  if (shape.kind === 'template') parts.push(`It may name ${bracedWords(shape.fields)}.`);
  if (shape.kind === 'choice') parts.push(`One of ${shape.choices.join(', ')}.`);
  if (shape.kind === 'integer' || shape.kind === 'number') {
    parts.push(`${unit ? `In ${unit}, ` : 'From '}${shape.min} to ${shape.max}.`);
  }
  if (defaultText) parts.push(`Default: ${defaultText}.`);
  return parts.join(' ');
}

function assignment(setting: ValueSpec, name: string, chosen?: SettingValue): string {
  if (chosen !== undefined) return `${name} = ${tomlValue(chosen)}`;
  return `# ${name} = ${tomlValue(setting.example ?? setting.fallback)}`;
}

/** The value as TOML writes it. */
export function tomlValue(value: SettingValue): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return tomlText(value);
  return `[${(value ?? []).map(tomlText).join(', ')}]`;
}

function tomlText(text: string): string {
  if (!text.isWellFormed()) {
    throw new AppError('config/not-utf-8', `The name ${text.toWellFormed()} cannot stand in a settings file.`, {
      kind: 'usage',
      hint: 'A settings file is UTF-8 and this name is not. Name the folder on the command line instead.',
    });
  }
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/** Comment lines of at most 100 characters. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 100) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}
