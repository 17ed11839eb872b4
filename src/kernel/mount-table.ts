/** What Linux tells of its mounts. @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */

export interface MountEntry {
  readonly point: string;
  readonly type: string;
  /** `major:minor`. */
  readonly device: string;
}

/**
 * Lowest first: of several at one place the last lies on top.
 * @param text `/proc/self/mountinfo`, of whatever encoding names are wanted in
 */
export function parseMountTable(text: string): readonly MountEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [place = '', kind = ''] = line.split(' - ');
      const [, , device = '', , point = ''] = place.split(' ');
      const [type = ''] = kind.split(' ');
      return { point: withoutEscapes(point), type, device };
    });
}

/** Blanks and the like are written as a backslash and three octal digits, and nothing beyond ASCII is. */
function withoutEscapes(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
