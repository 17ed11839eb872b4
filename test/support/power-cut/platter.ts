import { closeSync, ftruncateSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import type { Platter } from './held-file.ts';

/** A file of the backing folder; opened when bytes are first asked for, and again after it was closed. */
export function openPlatter(path: string): Platter & { readonly close: () => void } {
  let opened: number | undefined;
  const file = (): number => {
    opened ??= openSync(path, 'r+');
    return opened;
  };
  return {
    size: () => statSync(path).size,
    read: (into, position) =>
      whole(into.length, (done) => readSync(file(), into, done, into.length - done, position + done)),
    write: (bytes, position) =>
      whole(bytes.length, (done) => writeSync(file(), bytes, done, bytes.length - done, position + done)),
    resize: (size) => (opened === undefined ? truncateSync(path, size) : ftruncateSync(opened, size)),
    close() {
      if (opened !== undefined) closeSync(opened);
      opened = undefined;
    },
  };
}

/** The system may do less than it is asked for at once. */
function whole(length: number, step: (done: number) => number): void {
  for (let done = 0; done < length; ) {
    const more = step(done);
    if (more === 0) throw new Error('The backing folder was changed behind the disk.');
    done += more;
  }
}
