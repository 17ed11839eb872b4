/** A library of made-up fingerprints in a real catalogue, made in a moment; it is known which of them are related. */
import path from 'node:path';
import { openSearchFolder } from '#adapters/search-files';
import { startSearchThreads } from '#adapters/threads';
import { type CatalogueStore, type Content, keyOfStamp, type PhaseFingerprints, type SearchParts } from '#catalogue';
import { compressFingerprint } from '#fingerprint';
import { openSharedMemory, readTables } from '#matching';
import { createRandom } from './music.ts';
import { bytePath } from './music-folder.ts';

/** A sound of the library. */
export interface MadeSound {
  /** Tells it from all others, and is made into its hashes and the name of its file. */
  readonly name: string;
  readonly items: Uint32Array;
}

type Random = () => number;
const ITEMS = 400;
/** How much a copy begins later. */
const LATER = 17;

const randomItem = (random: Random): number => Math.floor(random() * 2 ** 32);

/** An item in which so many bits are others. */
function bent(item: number, bits: number, random: Random): number {
  let mask = 0;
  for (let left = bits; left > 0; ) {
    const bit = 1 << Math.floor(random() * 32);
    if (mask & bit) continue;
    mask |= bit;
    left--;
  }
  return (item ^ mask) >>> 0;
}

/**
 * Families of four: a song; a copy that begins later and of which every third item is bent; a faint copy, of which five
 * codes alone are equal while all else is bent a little; and a stranger that shares four items and nothing else.
 */
export function makeSounds(families: number, seed = 1): MadeSound[] {
  const random = createRandom(seed);
  return Array.from({ length: families }, (_, family) => {
    const song = Uint32Array.from({ length: ITEMS }, () => randomItem(random));
    const copy = song.slice(LATER).map((item, i) => (i % 3 === 0 ? bent(item, 4, random) : item));
    const faint = song.map((item, i) => (i % 80 === 40 ? item : bent(item, 8, random)));
    const stranger = song.map((item, i) => (i % 100 === 50 ? item : randomItem(random)));
    return [song, copy, faint, stranger].map((items, i) => ({
      name: `${seed} ${family} ${['song', 'copy', 'faint', 'stranger'][i]}`,
      items,
    }));
  }).flat();
}

/** Pairs of names that must be found, sorted: of each song with its copy and its faint copy. */
export function relatedIn(sounds: readonly MadeSound[]): string[] {
  const families = sounds.filter(({ name }) => name.endsWith(' song')).map(({ name }) => name.slice(0, -5));
  return families.flatMap((family) => [`${family} song + ${family} copy`, `${family} song + ${family} faint`]).sort();
}

export const hashOf = (name: string): string => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;
export const nameOf = (hash: string): string =>
  Buffer.from(hash.slice('sha256:'.length), 'hex').toString().replaceAll('\0', '');

/** Puts sounds into a catalogue, in their order, in one transaction. */
export async function addSounds(store: CatalogueStore, sounds: readonly MadeSound[], firstInode = 1): Promise<void> {
  const stamp = { device: 1n, sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n };
  await store.apply(
    sounds.map((sound, i) => ({
      kind: 'added',
      path: bytePath(`/music/${sound.name}`),
      stamp: keyOfStamp({ ...stamp, inode: BigInt(firstInode + i) }),
      content: { kind: 'new', content: contentOf(sound), producer: 'test 1' },
    })),
  );
}

function contentOf({ name, items }: MadeSound): Content {
  // Between two items the notes are much the same, but not quite.
  const random = createRandom(items[0]!);
  const others = [1, 2, 3].map(() => compressFingerprint(items.map((item) => bent(item, 5, random))));
  const fingerprint = [compressFingerprint(items), ...others] as unknown as PhaseFingerprints;
  const stream = { codec: 'flac', container: 'flac', sampleRateHz: 11_025, channels: 1, bitsPerSample: 16 };
  return {
    contentHash: hashOf(name),
    sizeBytes: 1,
    tags: null,
    failure: null,
    sound: {
      stream: { ...stream, bitRate: null, lossless: true, declaredSeconds: null },
      durationSeconds: 60,
      audioHash: hashOf(name),
      sampleHash: null,
      levels: { rms: 0.1, peak: 0.3, clippedSamples: 0 },
      integrity: { decodedSeconds: 60, errors: 0, checksumHolds: null, complaints: [] },
      fingerprint,
      altered: new Uint8Array(),
      producer: 'test 1',
    },
  };
}

/** The real index and real threads, as the program has them; one thread unless it is said. */
export function openSearchIn(
  folder: string,
  { width = 1 }: { readonly width?: number } = {},
): Omit<SearchParts, 'store'> {
  const entry = path.resolve(import.meta.dirname, '../../src/main/searcher.ts');
  return {
    files: openSearchFolder(folder, readTables),
    startThreads: () => startSearchThreads({ entry, width, folder, memory: openSharedMemory().memory }),
    memoryBytes: 2 ** 30,
  };
}
