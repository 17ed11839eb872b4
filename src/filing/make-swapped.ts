/**
 * Makes what comes into the place of a file whose sound is replaced: the better sound with the old tags and pictures. It
 * is read back from the disk and compared with both files, piece by piece, and its tags are read once more by a program
 * that had no part in writing them. What cannot be shown to be right is not put anywhere.
 */
import type { NativeTag, TagReading } from '#audio';
import { AppError, type BytePath, cancelled, displayPath } from '#kernel';
import type { FilingParts } from './carry-out.ts';
import type { Made } from './perform.ts';
import type { PlannedFile } from './plan.ts';
import type { TagParts } from './ports.ts';
import { isSame } from './recognise.ts';

interface SwappedFiles {
  readonly old: PlannedFile;
  readonly better: PlannedFile;
  /** Where it grows. */
  readonly at: BytePath;
}

/** @throws AppError `swap/…` where it cannot be made or shown to be right, `filing/changed` */
export async function makeSwapped(
  { old, better, at }: SwappedFiles,
  { acts, clock, tags }: Pick<FilingParts, 'acts' | 'clock' | 'tags'>,
  signal: AbortSignal,
): Promise<Made> {
  {
    using sound = acts.open(better.path);
    using former = acts.open(old.path);
    await acts.assemble(at, tags.writer.graft(sound, former), signal);
    using made = acts.open(at);
    const { writer } = tags;
    const isWhole =
      (await areAlike(writer.soundOf(made), writer.soundOf(sound), signal)) &&
      (await areAlike(writer.tagsOf(made), writer.tagsOf(former), signal));
    if (!isWhole || !(await readAlike(tags, at, old.path))) throw unlike(old.path, better.path);
  }
  const state = acts.state(better.path);
  const was = { ...better, inode: better.inode ?? state?.inode ?? 0n };
  if (!(await isSame(acts, better.path, was, signal))) throw changed(better.path);
  const lacks = acts.dress(at, old.path);
  // Its content is new, and those who watch it go by this.
  acts.setModified(at, BigInt(clock.now()) * 1_000_000n);
  return { hash: await acts.hash(at, signal), lacks };
}

/** How many pieces are compared before others get their turn. Chosen: some megabytes. */
const PIECES_AT_ONCE = 8;

/** The same bytes, however they are cut. */
async function areAlike(a: Iterable<Uint8Array>, b: Iterable<Uint8Array>, signal: AbortSignal): Promise<boolean> {
  const others = b[Symbol.iterator]();
  let [other, at, pieces] = [new Uint8Array(), 0, 0];
  for (const piece of a) {
    if (++pieces % PIECES_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw cancelled();
    for (let done = 0; done < piece.length; ) {
      while (at === other.length) {
        const next = others.next();
        if (next.done === true) return false;
        [other, at] = [next.value as Uint8Array<ArrayBuffer>, 0];
      }
      const length = Math.min(piece.length - done, other.length - at);
      if (!areEqual(piece.subarray(done, done + length), other.subarray(at, at + length))) return false;
      [done, at] = [done + length, at + length];
    }
  }
  while (at === other.length) {
    const next = others.next();
    if (next.done === true) return true;
    [other, at] = [next.value as Uint8Array<ArrayBuffer>, 0];
  }
  return false;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

async function readAlike({ read }: TagParts, a: BytePath, b: BytePath): Promise<boolean> {
  const [one, other] = [await read(a), await read(b)];
  return JSON.stringify(ofSong(one)) === JSON.stringify(ofSong(other));
}

/** What MPEG-4 has among its tags and is about the sound. */
const OF_SOUND = /:(iTunSMPB|Encoding Params)$/i;

/** Without what stays with the sound; the blocks of a file in one order, wherever they stand in it. */
function ofSong({ common, native, conflicts, cover }: TagReading): object {
  const isOfSong = ({ id }: NativeTag): boolean => !OF_SOUND.test(id);
  const blocks = native
    .map(({ type, tags }) => ({ type, tags: tags.filter(isOfSong) }))
    .filter(({ tags }) => tags.length > 0)
    .toSorted((a, b) => (a.type < b.type ? -1 : 1));
  return { common, blocks, conflicts, cover };
}

function unlike(old: BytePath, better: BytePath): AppError {
  const message = `${displayPath(better)} with the tags of ${displayPath(old)} does not read back as it must, so nothing was changed.`;
  return new AppError('swap/not-verified', message, {
    kind: 'unsupported',
    hint: 'Replace it by hand if you want the better sound.',
  });
}

function changed(path: BytePath): AppError {
  return new AppError('filing/changed', `${displayPath(path)} was changed while it was worked upon.`, {
    kind: 'conflict',
    hint: 'Make a new plan.',
  });
}
