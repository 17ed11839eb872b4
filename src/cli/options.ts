/** Options as data: the parser, `--help` and the reference page are made from it. */
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { FILING_COMMANDS } from './filing-commands.ts';
import { GATE_COMMAND } from './gate-command.ts';
import { SERVE_COMMAND } from './serve-command.ts';
import { STORE_COMMAND } from './store-command.ts';
import { SWEEP_COMMAND } from './sweep-command.ts';

export type { CommandSpec, OptionSpec };

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'profile', value: 'NAME', help: 'use the roots and settings of a profile; each has its own catalogue' },
  { name: 'config', value: 'FILE', help: 'read this settings file' },
  { name: 'data', value: 'DIR', help: 'keep the catalogue there' },
  { name: 'json', help: 'print one JSON document on standard output' },
  { name: 'quiet', short: 'q', help: 'print results and errors, nothing else' },
  { name: 'verbose', short: 'v', help: 'tell more; twice: everything' },
  { name: 'color', value: 'WHEN', choices: ['auto', 'always', 'never'], help: 'colours: auto, always or never' },
  { name: 'no-progress', help: 'show no progress' },
  { name: 'log-file', value: 'FILE', help: 'append a log to this file' },
  {
    name: 'log-level',
    value: 'LEVEL',
    choices: ['error', 'warning', 'info', 'debug'],
    help: 'how much to log: error, warning, info or debug',
  },
  { name: 'help', short: 'h', help: 'print this' },
  { name: 'version', help: 'print the version' },
];

const WORKERS: OptionSpec = { name: 'workers', value: 'N', help: 'decode this many files at once' };
const FAIL_ON_FOUND: OptionSpec = { name: 'fail-on-found', help: 'end with exit code 11 if there are duplicates' };
const ALL: OptionSpec = { name: 'all', help: 'print every group, not only the 20 that win most' };

const PICTURE: OptionSpec = { name: 'picture', value: 'FILE', help: 'also draw it, into a new file: .svg or .png' };

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'find',
    aliases: ['full'],
    summary: 'scan, match and print the duplicates: the main job',
    about:
      'Scans the paths, judges what sounds alike and prints the duplicate groups among these files, ' +
      'each with the copy worth keeping. Nothing is changed or moved. What was scanned before is not read again.',
    operands: '[PATH…]',
    count: [0, Number.POSITIVE_INFINITY],
    options: [
      { name: 'against-all', help: 'also show members that lie elsewhere in the catalogue' },
      ALL,
      FAIL_ON_FOUND,
      WORKERS,
    ],
    examples: [
      ['reprise find ~/Music', 'the duplicates in one folder'],
      ['reprise find --json ~/Music > duplicates.json', 'the same for a program'],
    ],
  },
  {
    name: 'scan',
    aliases: [],
    summary: 'read new and changed files into the catalogue',
    about:
      'Reads tags, hashes and fingerprints of new and changed files. It can be interrupted at any time ' +
      'and goes on where it stopped. Without a path it scans the roots of the profile.',
    operands: '[PATH…]',
    count: [0, Number.POSITIVE_INFINITY],
    options: [WORKERS],
    examples: [['reprise scan', 'everything that the settings name as roots']],
  },
  {
    name: 'match',
    aliases: ['correlate'],
    summary: 'judge what has been scanned',
    about: 'Compares what has been scanned and not been compared yet, and keeps the verdicts in the catalogue.',
    operands: '',
    count: [0, 0],
    options: [
      {
        name: 'export',
        value: 'FILE',
        help: 'write every compared pair into a new file: .jsonl, .csv or .parquet; - prints JSON lines',
      },
      {
        name: 'speeds',
        help: 'also look for copies at other speeds in a library of more than 20,000 sounds: takes minutes, finds a part',
      },
      { name: 'histogram', help: 'print how many pairs have which similarity' },
      { ...PICTURE, help: 'draw that histogram into a new file: .svg or .png' },
      WORKERS,
    ],
    examples: [
      ['reprise match --histogram', 'and see how clear the verdicts are'],
      ['reprise match --export pairs.parquet', 'for DuckDB, pandas and the like'],
    ],
  },
  {
    name: 'groups',
    aliases: [],
    summary: 'print the duplicate groups of the whole catalogue',
    about: 'Prints the duplicate groups of everything that has been scanned and matched. Reads no music.',
    operands: '',
    count: [0, 0],
    options: [
      { name: 'relation', value: 'LIST', help: 'only these: same-bytes, same-audio, same-recording (commas between)' },
      { name: 'min-bytes', value: 'SIZE', help: 'only groups that win at least this much: 500000, 20MB, 1GiB' },
      { name: 'under', value: 'PATH', help: 'only groups with a file under this path; may be given again' },
      FAIL_ON_FOUND,
    ],
    examples: [
      ['reprise groups --min-bytes 20MB', 'only what is worth the effort'],
      ['reprise groups --under ~/Music/incoming', 'only what concerns one folder'],
    ],
  },
  SWEEP_COMMAND,
  GATE_COMMAND,
  STORE_COMMAND,
  ...FILING_COMMANDS,
  {
    name: 'decide',
    aliases: [],
    summary: 'say of two files that they are the same, or are not',
    about:
      'Records your word about two files. It counts more than what the machine found, and stays through rescans, new ' +
      'tags and moves, because it belongs to the sounds. "same": they are one recording and belong in one group; ' +
      '"different": they are never in one group; "ask" forgets what was said. No file is touched.',
    operands: 'A B same|different|ask',
    count: [3, 3],
    options: [],
    examples: [
      ['reprise decide live.mp3 studio.mp3 different', 'keep them apart'],
      ['reprise decide a.flac b.mp3 ask', 'let the machine judge again'],
    ],
  },
  {
    name: 'decisions',
    aliases: [],
    summary: 'list, revoke, export or import what you decided',
    about:
      '"list" prints the decisions in force, "revoke" takes one back by its number or its two files, "export" writes ' +
      'all that was ever decided into a new file (- is standard output), "import" reads such a file, also into ' +
      'another catalogue. What is no decision in it is named and left out.',
    operands: 'list|revoke N|revoke A B|export FILE|import FILE',
    count: [1, 3],
    options: [],
    examples: [
      ['reprise decisions revoke 3', 'take back number 3 of the list'],
      ['reprise decisions export decisions.json', 'a backup, or for another catalogue'],
    ],
  },
  {
    name: 'compare',
    aliases: ['pair', 'why'],
    summary: 'judge two files and say why',
    about: 'Judges two files, without a catalogue, and says in sentences why they are or are not the same.',
    operands: 'A B',
    count: [2, 2],
    options: [PICTURE],
    examples: [
      ['reprise compare a.flac b.mp3', 'are they one recording?'],
      ['reprise compare a.flac b.mp3 --picture why.svg', 'and see the evidence'],
    ],
  },
  {
    name: 'info',
    aliases: [],
    summary: 'the library in figures, or all about one file',
    about:
      'Without a file: the library in figures. With one: its stream, tags and their conflicts, hashes, ' +
      'fingerprint, quality and relations; -v adds the tags as written.',
    operands: '[FILE]',
    count: [0, 1],
    options: [PICTURE],
    examples: [
      ['reprise info -v song.mp3', 'with every tag as its block has it'],
      ['reprise info song.flac --picture song.png', 'and its spectrogram'],
    ],
  },
  {
    name: 'import',
    aliases: [],
    summary: 'take over what Cometa, fpcalc or audio-compare left behind',
    about:
      'Reads fingerprints.jsonl, correlations_….jsonl and main.ini of Cometa and .fpcalc caches, or searches folders for ' +
      'them. Fingerprints and correlations are kept beside what Reprise finds and never make a duplicate; collections ' +
      'become profiles. Damaged lines are named and left out, and what was imported before is not read again.',
    operands: 'FILE…|FOLDER…',
    count: [1, Number.POSITIVE_INFINITY],
    options: [{ name: 'dry-run', help: 'read and report, keep nothing and write no profile' }],
    examples: [
      ['reprise import ~/.cometa/config/main.ini', 'collections as profiles'],
      ['reprise --profile music import ~/cometa-data', 'what Cometa computed for one of them'],
    ],
  },
  SERVE_COMMAND,
  {
    name: 'token',
    aliases: [],
    summary: 'make, list or revoke the tokens of the daemon',
    about:
      '"add" makes a token for a program that is to ask the daemon, and prints its secret once; only its hash is kept. ' +
      '"list" prints the tokens with what they are good for, "revoke" takes one away. A running daemon knows at once.',
    operands: 'add NAME|list|revoke NAME',
    count: [1, 2],
    options: [
      {
        name: 'scope',
        value: 'LIST',
        help: 'add: what it is good for, commas between: check, import, jobs, events, hooks, metrics, admin',
      },
    ],
    examples: [
      ['reprise token add lidarr --scope hooks', 'for the webhook of Lidarr'],
      ['reprise token add phone --scope check,import,jobs', 'for a program of your own'],
    ],
  },
  {
    name: 'config',
    aliases: [],
    summary: 'init, show or check the settings',
    about:
      '"init" makes the settings file and asks for the music folders, "show" prints the settings in force, ' +
      '"check" tells whether they are right.',
    operands: 'init|show|check',
    count: [1, 1],
    options: [
      { name: 'defaults', help: 'init: ask nothing, write the commented defaults' },
      { name: 'origin', help: 'show: also print who set each value' },
    ],
    examples: [
      ['reprise config init', 'start here'],
      ['reprise config show --origin', 'what is set, and why'],
    ],
  },
  {
    name: 'doctor',
    aliases: [],
    summary: 'what this machine can do, and how to get better',
    about: 'Looks at the decoder, the data folder, limits and the catalogue, and says how to mend what is not right.',
    operands: '',
    count: [0, 0],
    options: [],
    examples: [],
  },
];

/** By name or alias. */
export function commandNamed(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name || command.aliases.includes(name));
}
