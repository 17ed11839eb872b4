/** `sweep`, as data. */
import type { CommandSpec } from './command-spec.ts';

export const SWEEP_COMMAND: CommandSpec = {
  name: 'sweep',
  aliases: [],
  summary: 'clear a folder of files that you have already',
  about:
    'Finds the sounds in the source that are copies of others, in the reference or in the source itself, and prints what ' +
    'would become of them. Nothing is done without --apply, nothing ever happens to a reference, and "undo" takes a sweep ' +
    'back. Of equal files in the source the oldest stays, then the one with the shortest path.',
  operands: '',
  count: [0, 0],
  options: [
    {
      name: 'reference',
      value: 'DIR…',
      many: true,
      help: 'folders of good copies, to which nothing may happen; may be left out',
    },
    { name: 'source', value: 'DIR…', many: true, help: 'folders whose duplicates are to go' },
    { name: 'output', value: 'DIR', help: 'move duplicates there; it need not be there yet' },
    {
      name: 'by',
      value: 'WHAT',
      choices: ['bytes', 'audio', 'recording'],
      help: 'what makes a copy: equal bytes (the default), equal audio whatever the tags are, one recording by its sound',
    },
    {
      name: 'mode',
      value: 'MODE',
      choices: ['move', 'trash', 'hardlink', 'reflink', 'symlink'],
      help: 'what becomes of a duplicate: moved to the output (the default), into the trash, or a link in its place',
    },
    {
      name: 'flatten',
      help: 'put all moved files side by side; without it their folders are made again in the output',
    },
    {
      name: 'extensions',
      value: 'LIST',
      help: 'go by these endings alone: mp3,flac; without it sounds are told by their bytes',
    },
    { name: 'include', value: 'PATTERN', help: 'also files that match, whatever they are; may be given again' },
    { name: 'exclude', value: 'PATTERN', help: 'leave out files and folders that match; may be given again' },
    { name: 'hash-algorithm', value: 'NAME', help: 'sha256 (the default), sha512, blake2b512, sha1, md5 …' },
    {
      name: 'max-hash-bytes',
      value: 'SIZE',
      help: 'hash no more of a file; all bytes are still compared before an act',
    },
    { name: 'block-size', value: 'SIZE', help: 'read so much at a time; 64KiB' },
    { name: 'threads', value: 'N', help: 'read so many files at once; by default what suits the disks' },
    { name: 'retries', value: 'N', help: 'how often to try again what fails in passing; 3' },
    { name: 'retry-delay', value: 'SECONDS', help: 'wait before the first retry, doubled each time; 1' },
    { name: 'plan', value: 'FILE', help: 'also write the plan, into a new file' },
    { name: 'all', help: 'print every file, not only the first 20' },
    { name: 'apply', help: 'do it' },
  ],
  examples: [
    ['reprise sweep --reference ~/Music --source ~/Downloads --output ~/Doubles', 'look what would be moved'],
    ['reprise sweep --source ~/Downloads --mode trash --apply', 'reduce twins within one folder'],
  ],
};
