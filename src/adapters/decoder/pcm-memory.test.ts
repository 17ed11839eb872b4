import { describe, expect, it } from 'vitest';
import type { Decoder, ReadableFile } from '#catalogue';
import { createPcmMemory, decodePcm, decodeStereo } from './pcm-memory.ts';

const file = {} as ReadableFile;

/** Gives `blocks` of 1000 samples, each the number of its block, and promises `seconds`. */
function counting(blocks: number, seconds: number | null): Decoder {
  return {
    name: 'counting',
    async decode(_, sinks) {
      if (seconds !== null) sinks.length?.(seconds);
      const reused = new Int16Array(1000);
      for (let i = 0; i < blocks; i++) sinks.pcm?.(reused.fill(i));
      return {} as Awaited<ReturnType<Decoder['decode']>>;
    },
  };
}

it.each([null, 0, 1, 2, 3, 1e9, Number.NaN])(
  'gives the whole sound where its length was said to be %s',
  async (seconds) => {
    const pcm = await decodePcm(file, counting(25, seconds));
    expect(pcm.length).toBe(25_000);
    for (let i = 0; i < 25; i++) expect([pcm[i * 1000], pcm[i * 1000 + 999]]).toEqual([i, i]);
  },
);

it('keeps little more memory than the sound has, whatever was promised', async () => {
  for (const seconds of [null, 2.27, 1e6]) {
    const pcm = await decodePcm(file, counting(25, seconds));
    expect(pcm.buffer.byteLength).toBeLessThan(pcm.byteLength * 1.5);
  }
});

it('takes a sound of the right length without copying it', async () => {
  const pcm = await decodePcm(file, counting(220, 20));
  expect(pcm.buffer.byteLength).toBeGreaterThan(pcm.byteLength);
});

it('refuses a sound that is too long to be held', async () => {
  await expect(decodePcm(file, counting(14_400 * 12, null))).rejects.toMatchObject({
    code: 'decode/too-long',
    kind: 'unsupported',
    message: expect.stringMatching(/4 hours/),
  });
});

describe('left and right', () => {
  /** One sound of 20 blocks of 1000 samples: the first `monoBlocks` with one channel, then two that differ. */
  const splitting = (monoBlocks: number): Decoder & { decodings: number } => ({
    name: 'splitting',
    decodings: 0,
    async decode(_, sinks) {
      this.decodings++;
      for (let i = 0; i < 20; i++) {
        const left = new Int16Array(1000).fill(i);
        sinks.pcm?.(left);
        sinks.stereo?.(left, i < monoBlocks ? left : new Int16Array(1000).fill(-i));
      }
      return {} as Awaited<ReturnType<Decoder['decode']>>;
    },
  });

  it.each([0, 7])('are whole where %i blocks of the sound are mono', async (monoBlocks) => {
    const { left, right } = await decodeStereo(file, splitting(monoBlocks));
    expect([left.length, right.length]).toEqual([20_000, 20_000]);
    for (let i = 0; i < 20; i++) {
      expect([left[i * 1000], right[i * 1000 + 999]]).toEqual([i, i < monoBlocks ? i : 0 - i]);
    }
  });

  it('are one array where the sound is mono', async () => {
    const { left, right } = await decodeStereo(file, splitting(20));
    expect(right).toBe(left);
  });

  it('are remembered apart from mono, within one limit', async () => {
    const named = (stamp: string) => ({ stamp: () => stamp }) as ReadableFile;
    const decoder = splitting(0);
    const memory = createPcmMemory(130_000);
    const first = await memory.stereoOf(named('x'), decoder);
    expect(await memory.stereoOf(named('x'), decoder)).toBe(first);
    expect(decoder.decodings).toBe(1);
    await memory.pcmOf(named('x'), decoder);
    await memory.stereoOf(named('x'), decoder);
    expect(decoder.decodings).toBe(2);
    await memory.stereoOf(named('y'), decoder);
    await memory.stereoOf(named('x'), decoder);
    expect(decoder.decodings).toBe(4);
  });
});
