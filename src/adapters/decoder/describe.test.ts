import { describe, expect, it } from 'vitest';
import { decoderName, describeDecoders } from './index.ts';

describe('the decoders of this machine', () => {
  it('are described as they are used', async () => {
    const { inUse, found, missingCodings, advice } = await describeDecoders();
    expect(inUse?.startsWith(await decoderName())).toBe(true);
    expect(found[0]).toBe(inUse);
    if (inUse?.startsWith('node-av')) expect({ missingCodings, advice }).toEqual({ missingCodings: [], advice: null });
  });
});
