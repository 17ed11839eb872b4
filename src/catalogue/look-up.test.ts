import { describe, expect, it } from 'vitest';
import { compressFingerprint, createFingerprinter } from '#fingerprint';
import { createSegmentBuilder, type IndexSegment, openSharedMemory } from '#matching';
import { joined, mixed, music, noise, pcmOf, scaled, silence } from '../../test/support/music.ts';
import { type LookUpStore, openLookUp } from './look-up.ts';
import type { PhaseFingerprints } from './model.ts';
import { itemsOf } from './prints.ts';

const printsOf = (sound: Float32Array): PhaseFingerprints => {
  const fingerprinter = createFingerprinter({ phases: 4 });
  fingerprinter.push(pcmOf(sound));
  return fingerprinter.finish().map((items) => compressFingerprint(items)) as unknown as PhaseFingerprints;
};

/** By number. */
const SOUNDS = new Map([
  [3, printsOf(music(21, 20))],
  [5, printsOf(music(22, 30))],
  [8, printsOf(joined(silence(2), music(21, 20)))],
  [9, printsOf(new Float32Array(100))],
]);
const arrived = printsOf(mixed(scaled(music(21, 20), 5000), noise(4, 20, 8)));

function storeOf(present: readonly (readonly [number, number])[]): LookUpStore {
  const column = (at: 0 | 1): Uint32Array => Uint32Array.from(present, (row) => row[at]);
  return {
    firstPhaseOf: async (sound) => SOUNDS.get(sound)?.[0],
    presentSounds: async () => ({ numbers: column(0), checks: column(1) }),
  };
}

/** Each sound's check is its number. */
function segment(): IndexSegment {
  const sounds = [...SOUNDS].map(([sound, [phase0]]) => ({ sound, check: sound, items: itemsOf(phase0) }));
  const parts: Uint8Array[] = [];
  const builder = createSegmentBuilder(openSharedMemory(), 10_000);
  const tables = builder.build(sounds, (bytes) => void parts.push(bytes.slice()));
  const body = Buffer.concat(parts);
  return { tables, read: (offset, length) => body.subarray(offset, offset + length) };
}

const ALL = [...SOUNDS.keys()].map((sound) => [sound, sound] as const);

describe('a look-up in the library', () => {
  it('gives the sounds that hold the same, with where they do, and no strangers', async () => {
    const lookUp = await openLookUp(storeOf(ALL), [segment()]);
    const found = await lookUp.ask(arrived, 5);
    expect(lookUp.sounds).toBe(4);
    expect(found.map(({ sound }) => sound).sort()).toEqual([3, 8]);
    expect(found.find(({ sound }) => sound === 3)?.offsets[0]?.offsetSeconds).toBeCloseTo(0, 0);
    expect(found.find(({ sound }) => sound === 8)?.offsets[0]?.offsetSeconds).toBeCloseTo(2, 0);
    expect(await lookUp.ask(printsOf(music(90, 20)), 5)).toEqual([]);
    expect(await lookUp.ask(arrived, 1)).toEqual(found.slice(0, 1));
  });

  it('leaves out sounds that are gone, and numbers that mean another sound by now', async () => {
    const gone = await openLookUp(storeOf(ALL.filter(([sound]) => sound !== 8)), [segment()]);
    expect((await gone.ask(arrived, 5)).map(({ sound }) => sound)).toEqual([3]);
    const other = await openLookUp(storeOf(ALL.map(([sound, check]) => [sound, sound === 3 ? 77 : check])), [
      segment(),
    ]);
    expect((await other.ask(arrived, 5)).map(({ sound }) => sound)).toEqual([8]);
  });

  it('finds nothing for what is too short to have a fingerprint', async () => {
    const lookUp = await openLookUp(storeOf(ALL), [segment()]);
    expect(await lookUp.ask(printsOf(new Float32Array(100)), 5)).toEqual([]);
  });
});
