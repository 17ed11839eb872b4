/** What is mounted where. @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
import { readFileSync } from 'node:fs';

export interface Mounted {
  readonly point: string;
  readonly type: string;
  readonly source: string;
  /** `major:minor`. */
  readonly device: string;
}

/** The topmost mount at this very place; undefined where there is none. */
export function mountAt(point: string): Mounted | undefined {
  return parseMountTable(readFileSync('/proc/self/mountinfo', 'utf8')).findLast((mounted) => mounted.point === point);
}

export function parseMountTable(text: string): readonly Mounted[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [place = '', kind = ''] = line.split(' - ');
      const [, , device = '', , point = ''] = place.split(' ');
      const [type = '', source = ''] = kind.split(' ');
      return { point: withoutEscapes(point), type, source: withoutEscapes(source), device };
    });
}

/** Blanks and the like are written as a backslash and three octal digits, and nothing beyond ASCII is. */
function withoutEscapes(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
