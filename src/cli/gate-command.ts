/** `gate`, as data. */
import type { CommandSpec } from './command-spec.ts';

export const GATE_COMMAND: CommandSpec = {
  name: 'gate',
  aliases: [],
  summary: 'judge files as they arrive: is this track in the library already?',
  about:
    'Judges files by album, disc, track and sound, so that no album gets a track twice while singles, albums and their ' +
    'editions each keep their own. "check" only answers, by its exit code as well: 0 new or no sound, 10 a duplicate, 12 a ' +
    'better copy of one, 13 not readable, 14 a person has to look. "import" takes files in, the first of equals wins; ' +
    '"backfill" does so for what is old, the newest first, and never displaces what is in. "watch" does it for the inboxes of ' +
    'the settings as files arrive. "jobs" shows the queue, "admit" lets in what was held or refused. Nothing that is in is ' +
    'ever removed.',
  operands: 'check FILE…|import PATH…|backfill PATH…|watch|jobs [ID]|admit PATH…',
  count: [0, Number.POSITIVE_INFINITY],
  options: [
    { name: 'inbox', value: 'NAME', help: 'go by the policy of this inbox, wherever the files lie' },
    {
      name: 'order-file',
      value: 'FILE',
      help: 'import: the paths in this file, one a line, in its order; - reads them here',
    },
    { name: 'null', short: '0', help: 'paths that are read end with NUL instead of a line break' },
    {
      name: 'source',
      value: 'ID',
      help: 'import: where the file comes from, such as tidal:12345; found again by "known"',
    },
    {
      name: 'order',
      value: 'WHAT',
      choices: ['mtime', 'number'],
      help: 'backfill: newest first by the time of writing (the usual), or by the number at the beginning of the name',
    },
    { name: 'rate', value: 'N', help: 'backfill: at most so many files a minute' },
    { name: 'dry-run', help: 'import, backfill: only say what would be decided' },
    {
      name: 'requeue',
      help: 'jobs: give files that were given up another chance; those of the job that is named, or all',
    },
    { name: 'stdio', help: 'one request a line in, one answer a line out, as JSON' },
  ],
  examples: [
    ['reprise gate check ~/Downloads/song.flac', 'would this be new?'],
    ['find ~/Downloads -name "*.mp3" -print0 | reprise gate check -0 -', 'many, from a pipe'],
    ['reprise gate import ~/Downloads/album', 'take an album in'],
    ['reprise gate backfill --dry-run /srv/archive', 'what would come of an old collection'],
  ],
};
