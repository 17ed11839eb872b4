/** For a file that the catalogue does not know: which recordings of the library it may be. The likeliest are compared as any two files. */
import {
  type CatalogueStore,
  type ComparedFile,
  type Content,
  compareFiles,
  keyOfStamp,
  type OpenIndex,
  openLookUp,
  type PhaseFingerprints,
  type PresentFile,
  type SoundWorkers,
} from '#catalogue';
import type { RunOptions } from '#cli';
import { AppError } from '#kernel';
import type { RecordedPair } from '#matching';

interface LookedUpParts {
  readonly workers: SoundWorkers;
  openIndex(): OpenIndex;
}

/** A file that was read for this once, and all files of the library. */
interface Asked {
  readonly file: PresentFile & { readonly read?: Content };
  readonly present: readonly PresentFile[];
}

export interface LookedUpPairs {
  /** Sounds in the index. */
  readonly sounds: number;
  /** Verdicts on the file, as a, and the likeliest others. */
  readonly pairs: readonly RecordedPair[];
}

/** Files that are decoded to be compared, some seconds in all. Chosen. */
const MOST_COMPARED = 5;

/** `undefined` where there is no index, or nothing to look up. @throws AppError `run/cancelled`, `decode/…`, `index/…` */
export async function judgeLookedUp(
  parts: LookedUpParts,
  store: CatalogueStore,
  { file, present }: Asked,
  options: RunOptions,
): Promise<LookedUpPairs | undefined> {
  const { read } = file;
  if (!read?.sound) return undefined;
  const { sounds, hashes } = (await likeliest(parts, store, read.sound.fingerprint)) ?? {};
  if (sounds === undefined) return undefined;
  const own = { path: file.file.path, stamp: keyOfStamp(file.file.stamp), content: read };
  const pairs: RecordedPair[] = [];
  for (const hash of hashes ?? []) {
    const held = present.find((other) => other.file.path !== own.path && other.content?.sound?.audioHash === hash);
    const other = held && hash !== read.sound.audioHash ? await comparable(store, held) : undefined;
    const verdict = other && (await verdictOn(parts, own, other, options));
    if (verdict) pairs.push({ a: read.sound.audioHash, b: hash, verdict });
  }
  return { sounds, pairs };
}

/** Audio hashes of the sounds that share most with it; `undefined` where there is no index. */
async function likeliest(
  { openIndex }: LookedUpParts,
  store: CatalogueStore,
  fingerprint: PhaseFingerprints,
): Promise<{ readonly sounds: number; readonly hashes: readonly string[] } | undefined> {
  using index = openIndex();
  if (index.segments.length === 0) return undefined;
  const lookUp = await openLookUp(store, index.segments);
  const found = await lookUp.ask(fingerprint, MOST_COMPARED);
  const tracks = await Promise.all(found.map(({ sound }) => store.matchTrack(sound)));
  return { sounds: lookUp.sounds, hashes: tracks.flatMap((track) => track?.audioHash ?? []) };
}

/** A file of the library with what was kept of its sound. */
async function comparable(store: CatalogueStore, { file, content }: PresentFile): Promise<ComparedFile | undefined> {
  const sound = content?.sound;
  const number = sound && (await store.soundNumber(sound.audioHash));
  const prints = number === undefined || number === null ? undefined : await store.printsOf(number);
  if (!sound || !prints) return undefined;
  const sketch = await store.sketchOf(sound.audioHash);
  return {
    path: file.path,
    stamp: keyOfStamp(file.stamp),
    content: { ...content, sound: { ...sound, ...prints, ...(sketch && { sketch }) } },
  };
}

/** `undefined` where the other file cannot be read any more. */
async function verdictOn(
  { workers }: LookedUpParts,
  own: ComparedFile,
  other: ComparedFile,
  options: RunOptions,
): Promise<RecordedPair['verdict'] | undefined> {
  try {
    return (await compareFiles(workers, own, other, options)).verdict;
  } catch (error) {
    // The next scan tells about it; the rest is worth telling now.
    if (error instanceof AppError && error.kind !== 'cancelled') return undefined;
    throw error;
  }
}
