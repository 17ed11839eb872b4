import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainChroma } from './chroma-plain.ts';
import {
  coveredSeconds,
  FRAME_SAMPLES,
  FRAMES_PER_ITEM,
  HOP_SAMPLES,
  PHASE_OFFSETS,
  SILENCE_ITEM,
} from './constants.ts';
import { createFingerprinter } from './fingerprinter.ts';
import { createItemStage } from './items.ts';

const LEAST_SAMPLES = (FRAMES_PER_ITEM - 1) * HOP_SAMPLES + FRAME_SAMPLES;

/** Notes that change, over noise: deterministic and rich in items. */
function music(samples: number, seed: number): Int16Array {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let hz = 220;
  return Int16Array.from({ length: samples }, (_, n) => {
    if (n % 2500 === 0) hz = 110 * 2 ** (random() * 4);
    return 9000 * Math.sin((2 * Math.PI * hz * n) / 11_025) + 4000 * (random() - 0.5);
  });
}

function fingerprintOf(pcm: Int16Array, phases: 1 | 4, blocks: readonly number[] = []): Uint32Array[] {
  const fingerprinter = createFingerprinter({ phases });
  let at = 0;
  for (const block of blocks) {
    const copy = pcm.slice(at, at + block);
    fingerprinter.push(copy);
    copy.fill(-1); // the block is the caller's again
    at += block;
  }
  fingerprinter.push(pcm.subarray(Math.min(at, pcm.length)));
  return fingerprinter.finish();
}

function plainFingerprintOf(pcm: Int16Array): number[] {
  const stage = createItemStage();
  const items: number[] = [];
  for (let start = 0; start + FRAME_SAMPLES <= pcm.length; start += HOP_SAMPLES) {
    const item = stage.push(plainChroma(pcm.subarray(start, start + FRAME_SAMPLES)), 0);
    if (item >= 0) items.push(item);
  }
  return items;
}

describe('the fingerprinter', () => {
  it('gives the items of its plain twin', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const pcm = music(11_025 * 15, seed);
      expect([...fingerprintOf(pcm, 1)[0]!]).toEqual(plainFingerprintOf(pcm));
    }
  });

  it('does not care about block sizes', () => {
    const pcm = music(11_025 * 20, 3);
    const whole = fingerprintOf(pcm, 4);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 20 }), (blocks) => {
        expect(fingerprintOf(pcm, 4, blocks)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
    expect(fingerprintOf(pcm, 4, new Array(20_000).fill(3))).toEqual(whole);
  });

  it('gives in phase k what phase 0 gives of the sound without its first samples', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 150_000 }), fc.integer(), (samples, seed) => {
        const pcm = music(samples, seed);
        const phases = fingerprintOf(pcm, 4);
        const shifted = PHASE_OFFSETS.map((offset) => fingerprintOf(pcm.subarray(Math.min(offset, samples)), 1)[0]!);
        expect(phases).toEqual(shifted);
      }),
      { numRuns: 20 },
    );
  });

  it('needs 2.72 s for the first item and a hop for each further one', () => {
    const count = (samples: number): number => fingerprintOf(music(samples, 1), 1)[0]!.length;
    expect(coveredSeconds(0)).toBe(0);
    expect(coveredSeconds(1)).toBe(LEAST_SAMPLES / 11_025);
    expect(coveredSeconds(948)).toBeCloseTo(119.97, 2);
    for (const [samples, items] of [
      [0, 0],
      [LEAST_SAMPLES - 1, 0],
      [LEAST_SAMPLES, 1],
      [LEAST_SAMPLES + HOP_SAMPLES - 1, 1],
      [LEAST_SAMPLES + 9 * HOP_SAMPLES, 10],
    ] as const) {
      expect(count(samples)).toBe(items);
    }
  });

  it('gives the silence item for silence', () => {
    const items = fingerprintOf(new Int16Array(11_025 * 5), 4);
    for (const phase of items) expect(new Set(phase)).toEqual(new Set([SILENCE_ITEM]));
  });

  it('keeps several sounds apart', () => {
    const [a, b] = [music(50_000, 1), music(50_000, 2)];
    const [first, second] = [createFingerprinter({ phases: 1 }), createFingerprinter({ phases: 1 })];
    for (let at = 0; at < 50_000; at += 10_000) {
      first.push(a.subarray(at, at + 10_000));
      second.push(b.subarray(at, at + 10_000));
    }
    expect(first.finish()).toEqual(fingerprintOf(a, 1));
    expect(second.finish()).toEqual(fingerprintOf(b, 1));
  });
});
