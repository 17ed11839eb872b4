/** The reference pages, as text, made from the tables that the product itself uses. A test holds the files to them. */

import { exitCodeOf } from '../src/cli/exit-codes.ts';
import { commandHelp, generalHelp } from '../src/cli/help.ts';
import { COMMANDS } from '../src/cli/options.ts';
import {
  environmentName,
  NAMED_TABLES,
  type NamedSpec,
  type NamedTable,
  SETTINGS,
  tableVariable,
  tomlValue,
  type ValueSpec,
} from '../src/config/index.ts';
import { AppError, type ErrorKind } from '../src/kernel/index.ts';
import { VERSION } from '../src/main/version.ts';
import { errorsPage } from './error-codes.mts';

const GENERATED = '<!-- Made by "npm run docs" from the tables in the source. Change those. -->';

/** File name in docs/reference → whole text. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['configuration.md', configurationPage()],
    ['cli.md', commandLinePage()],
    ['errors.md', errorsPage()],
  ]);
}

function configurationPage(): string {
  return `${[
    '# Settings',
    '',
    GENERATED,
    '',
    'Flags win over the environment, that over the profile, that over the file, that over the defaults. The file is',
    '`$XDG_CONFIG_HOME/reprise/config.toml`, which is `~/.config/reprise/config.toml`. Any setting may stand under',
    '`[profiles.NAME]` too. `reprise config show --origin` prints what is set and who set it.',
    '',
    'In the environment lists are separated by commas, and folders by colons. `REPRISE_PROFILE` names the profile and',
    '`REPRISE_CONFIG` the file.',
    '',
    'Inboxes, views and webhooks are sections with a name of letters, digits, dashes and underscores. In the environment',
    'the name is in capitals, with underscores for dashes; one that the file does not have is made, in small letters. What',
    'a profile says of such a section, in `[profiles.NAME.inboxes.NAME]`, goes before what the top says of it, value by',
    'value.',
    '',
    ...SETTINGS.flatMap((setting) => [
      `## \`${setting.key}\``,
      '',
      ...valueSection(
        setting,
        setting.defaultText ?? `\`${tomlValue(setting.fallback)}\``,
        environmentName(setting.key),
      ),
    ]),
    ...NAMED_TABLES.flatMap(namedSections),
  ].join('\n')}`;
}

function namedSections(table: NamedTable): string[] {
  const { kind, exampleName, description, settings } = table;
  return [
    `## \`[${kind}.NAME]\``,
    '',
    `${description} NAME is \`${exampleName}\` in \`[${kind}.${exampleName}]\`.`,
    '',
    ...settings.flatMap((setting) => [
      `### \`${kind}.NAME.${setting.key}\``,
      '',
      ...valueSection(setting, namedDefault(setting), tableVariable(kind, 'NAME', setting.key)),
    ]),
    ...(kind === 'webhooks' ? WEBHOOK_SECRETS : []),
  ];
}

function namedDefault({ isRequired, defaultText, fallback }: NamedSpec): string {
  return isRequired ? 'none: it must be set' : (defaultText ?? `\`${tomlValue(fallback)}\``);
}

const WEBHOOK_SECRETS = [
  '### The secret of a webhook',
  '',
  `Of these the first that is there: the variable \`${tableVariable('webhooks', 'NAME', 'secret')}\`, systemd's credential`,
  '`reprise-webhook-NAME` (a file in `$CREDENTIALS_DIRECTORY`), and the file that `secretFile` names. It is never shown.',
  '',
];

function valueSection(setting: ValueSpec, defaultText: string, variable: string): string[] {
  const { shape, unit, description, example } = setting;
  const rows = [
    ['Default', defaultText],
    ...(shape.kind === 'integer' || shape.kind === 'number'
      ? [['Range', `${shape.min} to ${shape.max}${unit ? ` ${unit}` : ''}`]]
      : []),
    ...(shape.kind === 'words' ? [['Some of', shape.words.map((word) => `\`${word}\``).join(', ')]] : []),
    ...(shape.kind === 'template' ? [['Fields', shape.fields.map((field) => `\`{${field}}\``).join(', ')]] : []),
    ...(shape.kind === 'choice' ? [['One of', shape.choices.map((choice) => `\`${choice}\``).join(', ')]] : []),
    ...(example === undefined ? [] : [['For example', `\`${tomlValue(example)}\``]]),
    ['Environment', `\`${variable}\``],
  ];
  return [description, '', '| | |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`), ''];
}

const KINDS: readonly (readonly [kind: ErrorKind, meaning: string])[] = [
  ['usage', 'wrong usage or settings'],
  ['missing', 'no such thing'],
  ['conflict', 'conflict: it is there already, changed since, or locked'],
  ['unsupported', 'unsupported'],
  ['unavailable', 'unavailable'],
  ['exhausted', 'exhausted: disk full, quota'],
  ['corrupt', 'corrupt'],
  ['denied', 'denied'],
  ['refused', 'refused by a safety rule'],
];

function exitCodeRows(): string[] {
  const codes: (readonly [number, string])[] = [
    [0, 'done'],
    [1, 'a bug or an unexpected failure'],
    [3, 'partly done: some items failed'],
    [11, 'duplicates were found, with `--fail-on-found`'],
    [130, 'interrupted by Ctrl-C'],
    [143, 'asked to end (SIGTERM)'],
    ...KINDS.map(([kind, meaning]) => [exitCodeOf(new AppError('-', '-', { kind })), meaning] as const),
  ];
  return codes.toSorted(([a], [b]) => a - b).map(([code, meaning]) => `| ${code} | ${meaning} |`);
}

function commandLinePage(): string {
  return [
    '# The command line',
    '',
    GENERATED,
    '',
    'Results go to standard output, everything else to standard error. `NO_COLOR` and `CLICOLOR_FORCE` are honoured.',
    'Names that are no UTF-8 may be given as they are; only where another Node than the one that Reprise needs starts',
    'it and passes the arguments on, name the folder above such a file instead.',
    '',
    ...fenced(generalHelp(VERSION)),
    ...COMMANDS.flatMap((command) => [`## reprise ${command.name}`, '', ...fenced(commandHelp(command))]),
    ...JSON_SECTION,
    '## Exit codes',
    '',
    '| Code | Means |',
    '|---|---|',
    ...exitCodeRows(),
    '',
  ].join('\n');
}

function fenced(text: string): string[] {
  return ['```', text.trimEnd(), '```', ''];
}

const JSON_SECTION = [
  '## JSON',
  '',
  'With `--json` a command prints one document on standard output. Every document starts with `"v": 1`. Paths are',
  'absolute. A path that is no UTF-8 is lossy under its own key and has its bytes in base64 beside it, as `pathBase64`',
  'or, for another key, as `KEYPathBase64`. `null` means not known; a figure that was not computed is never 0. Keys may be',
  'added, and what they mean does not change.',
  '',
  '| Command | Schema |',
  '|---|---|',
  '| `find`, `groups` | [groups.schema.json](groups.schema.json) |',
  '| `scan` | [scan.schema.json](scan.schema.json) |',
  '| `match` | [match.schema.json](match.schema.json) |',
  '| `compare` | [compare.schema.json](compare.schema.json) |',
  '| each line of `match --export FILE.jsonl` | [pair.schema.json](pair.schema.json) |',
  '| `decide`, `decisions revoke` | [decided.schema.json](decided.schema.json) |',
  '| `decisions list` | [decisions-list.schema.json](decisions-list.schema.json) |',
  '| `decisions export`, and what `decisions import` reads | [decisions.schema.json](decisions.schema.json) |',
  '| `decisions import` | [decisions-import.schema.json](decisions-import.schema.json) |',
  '| `info FILE` | [file.schema.json](file.schema.json) |',
  '| `info` | [library.schema.json](library.schema.json) |',
  '| `import` | [import.schema.json](import.schema.json) |',
  '| `store ACTION` | `store-ACTION.schema.json`: [import](store-import.schema.json), [ls](store-ls.schema.json), [stat](store-stat.schema.json), [verify](store-verify.schema.json) … |',
  '| `config show` | [settings.schema.json](settings.schema.json) |',
  '| `doctor` | [doctor.schema.json](doctor.schema.json) |',
  '',
  'What the daemon answers is described by [openapi.json](openapi.json).',
  '',
  '`offsetSeconds` is how much later the sound of b starts than that of a. Groups come by `reclaimableBytes`, largest',
  'first; inside: the keeper, then by duration, then by bit rate.',
  '',
];
