import { expect, it } from 'vitest';
import type { Decoder, ReadableFile } from '#catalogue';
import { decodePcm } from './pcm-memory.ts';

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
