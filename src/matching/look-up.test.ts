import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/support/music.ts';
import { hypothesis } from './candidates.ts';
import { indexOf, type PhaseItems } from './code-index.ts';
import { createSegmentBuilder, type IndexedSound, type IndexSegment } from './code-segment.ts';
import { createLookUp, LOOK_UP_CODES, type SoundHits } from './look-up.ts';
import { openSharedMemory } from './shared-memory.ts';

/** Items that are often alike, as those of music are. */
function items(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  let item = 0;
  return Uint32Array.from({ length }, () => {
    if (random() < 0.7) item = (Math.floor(random() * 40) * 0x0505_0505 + Math.floor(random() * 3)) >>> 0;
    return item;
  });
}

/** Items that hardly ever meet. */
function unlike(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  return Uint32Array.from({ length }, () => Math.floor(random() * 2 ** 32));
}

function segmentOf(sounds: readonly IndexedSound[]): IndexSegment {
  const most = sounds.reduce((sum, { items: own }) => sum + own.length, 1);
  const parts: number[] = [];
  const tables = createSegmentBuilder(openSharedMemory(), most).build(sounds, (bytes) => {
    for (const byte of bytes) parts.push(byte);
  });
  const body = Uint8Array.from(parts);
  return { tables, read: (offset, length) => body.subarray(offset, offset + length) };
}

const alone = (phase0: Uint32Array): PhaseItems => [phase0, new Uint32Array(0), new Uint32Array(0), new Uint32Array(0)];
const soundsOf = (lengths: readonly number[]): IndexedSound[] =>
  lengths.map((length, i) => ({ sound: 10 + 3 * i, check: 7 * i, items: items(i + 1, length) }));

function lookUp(segments: readonly IndexSegment[], question: PhaseItems, codeBits = 24): SoundHits[] {
  return createLookUp(openSharedMemory(), segments, codeBits)(question);
}

const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 });

describe('a look-up', () => {
  it('answers as an index in memory does where all codes are asked about', () => {
    fc.assert(
      fc.property(lengths, (all) => {
        const sounds = soundsOf(all);
        // No longer, so that every quarter hop has a window of its own.
        const row = items(2, LOOK_UP_CODES / 4);
        const question: PhaseItems = [row, items(3, 60), row.subarray(5), items(77, 40)];
        const index = indexOf(sounds.map((sound) => sound.items));
        const [answers = []] = index.query([{ phases: question }]);
        const wanted = answers.map(({ track, offsets }) => ({
          sound: sounds[track]!.sound,
          check: sounds[track]!.check,
          offsets: offsets.map(hypothesis),
        }));
        expect(lookUp([segmentOf(sounds)], question)).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on how sounds are spread over segments', () => {
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 7 }), fc.constantFrom(24, 28, 32), (all, cut, codeBits) => {
        const sounds = soundsOf(all);
        const question = alone(items(2, 250));
        const parts = [segmentOf(sounds.slice(0, cut)), segmentOf(sounds.slice(cut))];
        expect(lookUp(parts, question, codeBits)).toEqual(lookUp([segmentOf(sounds)], question, codeBits));
      }),
      { numRuns: 30 },
    );
  });

  it('finds a song by some of its codes, at its offset, question after question', () => {
    const songs = [1, 2, 3].map((seed, i) => ({ sound: seed, check: i, items: unlike(seed, 4 * LOOK_UP_CODES) }));
    const ask = createLookUp(openSharedMemory(), [segmentOf(songs)], 28);
    for (const { sound, items: own } of [...songs, ...songs]) {
      const [best, ...others] = ask(alone(own.subarray(40)));
      expect(others).toEqual([]);
      expect(best).toMatchObject({ sound, offsets: [{ speedRatio: 1 }] });
      expect(best?.offsets[0]?.offsetSeconds).toBeCloseTo(40 * (4096 / 3 / 11_025), 2);
      // Every window has a code of the song's own, and each is a vote of its own.
      expect(best?.offsets[0]?.votes).toBe(LOOK_UP_CODES);
    }
    expect(ask(alone(unlike(9, 500)))).toEqual([]);
    expect(ask(alone(new Uint32Array(0)))).toEqual([]);
  });

  it('leaves out codes that stand in too many places, whichever segments they are in', () => {
    const drone = unlike(5, 30);
    const sounds = Array.from({ length: 50 }, (_, i) => ({ sound: i, check: i, items: drone }));
    const asked = alone(drone);
    expect(lookUp([segmentOf(sounds.slice(0, 40))], asked)).toHaveLength(40);
    expect(lookUp([segmentOf(sounds.slice(0, 25)), segmentOf(sounds.slice(25))], asked)).toEqual([]);
  });

  it('says nothing of no segments', () => {
    expect(lookUp([], alone(items(1, 100)))).toEqual([]);
  });
});
