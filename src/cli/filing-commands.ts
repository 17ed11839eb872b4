/** The commands that act upon files, as data. */
import type { CommandSpec, OptionSpec } from './command-spec.ts';

const DRY_RUN: OptionSpec = { name: 'dry-run', help: 'only look what would be done' };
const PLAN: OptionSpec = { name: 'plan', value: 'ID', help: 'only what was done by this plan' };
const SINCE: OptionSpec = {
  name: 'since',
  value: 'TIME',
  help: 'only what was done since then: 2026-01-31, "2026-01-31 18:00", or 90m, 2h, 3d ago',
};

/** How an apply goes about it; `sweep` and `keep` take them too. */
export const PACE_OPTIONS: readonly OptionSpec[] = [
  { name: 'threads', value: 'N', help: 'work on this many files at once' },
  { name: 'retries', value: 'N', help: 'try again this often what fails for a reason that may pass (3)' },
  {
    name: 'retry-delay',
    value: 'SECONDS',
    help: 'wait so long before the first try again, then twice as long each (1)',
  },
];

/** What commands that propose take. */
export const PROPOSAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'apply', help: 'do it; without this nothing is changed' },
  { name: 'plan', value: 'FILE', help: 'write the plan into a new file, to be applied later' },
  { name: 'all', help: 'print every item, not only the first 20' },
  ...PACE_OPTIONS,
];

export const FILING_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'keep',
    aliases: [],
    summary: 'plan which copies may go, keeping the best',
    about:
      'Plans, from what was scanned and matched, which duplicates go into the trash and which copy of each stays, and ' +
      'why. By the policy "release" one copy of each track of each album stays, so singles and albums keep their own; by ' +
      '"recording" one of each recording, as far as no album loses a track. Nothing is changed without --apply, and ' +
      '"undo" takes it back.',
    operands: '',
    count: [0, 0],
    options: [
      { name: 'policy', value: 'POLICY', choices: ['release', 'recording'], help: 'release (the usual) or recording' },
      { name: 'reference', value: 'DIR', help: 'copies there stay, and others give way to them; may be given again' },
      { name: 'under', value: 'PATH', help: 'only copies under this path may go; may be given again' },
      {
        name: 'prefer',
        value: 'WHICH',
        choices: ['best', 'oldest', 'newest'],
        help: 'which whole copy stays: best, oldest or newest',
      },
      { name: 'relation', value: 'LIST', help: 'only these: same-bytes, same-audio, same-recording (commas between)' },
      { name: 'min-bytes', value: 'SIZE', help: 'only groups that win at least this much: 500000, 20MB, 1GiB' },
      ...PROPOSAL_OPTIONS,
    ],
    examples: [
      ['reprise keep', 'what could go?'],
      ['reprise keep --under ~/Music/incoming --plan keep.json', 'a plan to read first'],
      ['reprise keep --apply', 'do it'],
    ],
  },
  {
    name: 'plan',
    aliases: [],
    summary: 'show a plan before it is applied',
    about: 'Prints what a plan would do, item by item, and why. Nothing is changed.',
    operands: 'show PLAN',
    count: [2, 2],
    options: [],
    examples: [['reprise plan show sweep.json', 'read it before you apply it']],
  },
  {
    name: 'apply',
    aliases: [],
    summary: 'do what a plan says, with a journal to undo it',
    about:
      'Looks at each file of the plan once more and does what the plan says; what has changed since is left alone and ' +
      'named. Nothing is overwritten and nothing deleted. After an interruption the same command goes on where it ' +
      'stopped. A plan is a JSON file that "sweep" or "keep" wrote with --plan; - reads it from standard input.',
    operands: 'PLAN',
    count: [1, 1],
    options: [{ ...DRY_RUN, help: 'look at every file as for the real thing, and change nothing' }, ...PACE_OPTIONS],
    examples: [
      ['reprise apply --dry-run sweep.json', 'could all of it be done?'],
      ['reprise apply sweep.json', 'do it'],
    ],
  },
  {
    name: 'undo',
    aliases: [],
    summary: 'take back what was done',
    about:
      'Puts files back where they were, with their names, times and folders: the last plan that was applied, or the ' +
      'entries, the plan or the time that you name. What somebody has worked on since stays as it is and is named.',
    operands: '[ENTRY…]',
    count: [0, Number.POSITIVE_INFINITY],
    options: [PLAN, SINCE, DRY_RUN],
    examples: [
      ['reprise undo', 'the last plan'],
      ['reprise undo 17', 'one entry of the journal'],
      ['reprise undo --since 2h', 'everything of the last two hours'],
    ],
  },
  {
    name: 'journal',
    aliases: [],
    summary: 'what was done to which file, and when',
    about:
      'Lists every act upon a file: when, what, where it went, and whether it was taken back. The last 50, or all.',
    operands: '',
    count: [0, 0],
    options: [PLAN, SINCE, { name: 'all', help: 'print every entry' }],
    examples: [['reprise journal --since 3d', 'the last three days']],
  },
  {
    name: 'trash',
    aliases: [],
    summary: 'list, restore or empty what was put into the trash',
    about:
      'What is put into the trash lies in a folder .reprise-trash at the top of its music folder, with the folders that ' +
      'it had. "list" says what lies there, "restore" puts files back by number or by the path that they had, "empty" ' +
      'deletes them for good: the only command that does so, and it asks.',
    operands: 'list|restore N…|restore PATH…|empty',
    count: [1, Number.POSITIVE_INFINITY],
    options: [
      { name: 'older-than', value: 'SPAN', help: 'empty: only what has been there longer than 12h, 30d, 4w' },
      { name: 'yes', help: 'empty: do not ask' },
      DRY_RUN,
    ],
    examples: [
      ['reprise trash list', 'what lies there'],
      ['reprise trash restore ~/Music/song.mp3', 'put one file back'],
      ['reprise trash empty --older-than 30d', 'make room'],
    ],
  },
];
