/** What a path can lead to, and in which ways. */

/** Bytes of the longest name, and of one that is too long. */
export const LONGEST: string = 'n'.repeat(255);
export const TOO_LONG: string = 'n'.repeat(256);
/** Bytes of a path with its end: the longest that Linux takes. */
const PATH_MAX = 4096;
/** A path of so many bytes that leads to `t`. */
function longPath(bytes: number): string {
  const dots = './'.repeat(bytes).slice(0, bytes - 2);
  return `${dots.replace(/\.$/, '/')}/t`;
}

export interface Place {
  /** Behind "of". */
  readonly title: string;
  /** What has to be there. */
  readonly given: string;
  readonly path: string;
}

/** By a short name. */
export const PLACES: Readonly<Record<string, Place>> = Object.fromEntries(
  (
    [
      ['none', 'nothing', '', 't'],
      ['file', 'a file', 'file t', 't'],
      ['dir', 'an empty folder', 'dir t', 't'],
      ['full', 'a folder with a file in it', 'dir t ; file t/inner', 't'],
      ['link-file', 'a symbolic link to a file', 'file aim ; symlink aim t', 't'],
      ['link-dir', 'a symbolic link to a folder', 'dir aim ; symlink aim t', 't'],
      ['dangling', 'a symbolic link to nothing', 'symlink nowhere t', 't'],
      ['loop', 'a symbolic link to itself', 'symlink t t', 't'],
      ['fifo', 'a pipe', 'mknod t fifo 644', 't'],
      ['socket', 'a socket that nobody listens to', 'mknod t socket 644', 't'],
      ['char', 'a character device', 'mknod t char 644 1 3', 't'],
      ['block', 'a block device that is not there', 'mknod t block 644 99 3', 't'],
      ['file/', 'a file with a slash behind', 'file t', 't/'],
      ['dir/', 'a folder with a slash behind', 'dir t', 't/'],
      ['none/', 'nothing with a slash behind', '', 't/'],
      ['link-file/', 'a symbolic link to a file, a slash behind', 'file aim ; symlink aim t', 't/'],
      ['link-dir/', 'a symbolic link to a folder, a slash behind', 'dir aim ; symlink aim t', 't/'],
      ['dangling/', 'a symbolic link to nothing, a slash behind', 'symlink nowhere t', 't/'],
      ['loop/', 'a symbolic link to itself, a slash behind', 'symlink t t', 't/'],
      ['.', 'the folder where one is', 'dir t ; chdir t', '.'],
      ['..', 'the folder above', 'dir t ; dir t/u ; chdir t/u', '..'],
      ['dir/.', 'a folder by its own dot', 'dir t', 't/.'],
      ['dir/..', 'a folder by the dots of another', 'dir t ; dir t/u', 't/u/..'],
      ['no-path', 'no path', '', '%'],
      ['below-none', 'what is below nothing', '', 'f/t'],
      ['below-file', 'what is below a file', 'file f', 'f/t'],
      ['below-fifo', 'what is below a pipe', 'mknod f fifo 644', 'f/t'],
      ['below-link-file', 'what is below a symbolic link to a file', 'file aim ; symlink aim f', 'f/t'],
      ['below-link-dir', 'a file below a symbolic link to a folder', 'dir aim ; file aim/t ; symlink aim f', 'f/t'],
      ['below-dangling', 'what is below a symbolic link to nothing', 'symlink nowhere f', 'f/t'],
      ['below-loop', 'what is below a symbolic link to itself', 'symlink f f', 'f/t'],
      ['name-255', 'a file of the longest name', `file ${LONGEST}`, LONGEST],
      ['new-255', 'nothing under the longest name', '', LONGEST],
      ['new-256', 'a name that is too long', '', TOO_LONG],
      ['below-256', 'what is below a name that is too long', '', `${TOO_LONG}/t`],
      ['path-4095', 'a file by the longest path', 'file t', longPath(PATH_MAX - 1)],
      ['path-4096', 'a file by a path that is too long', 'file t', longPath(PATH_MAX)],
    ] as const
  ).map(([name, title, given, path]) => [name, { title, given, path }]),
);
