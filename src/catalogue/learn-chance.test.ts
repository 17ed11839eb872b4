import { describe, expect, it } from 'vitest';
import { compressFingerprint } from '#fingerprint';
import { tableOf } from '../../test/support/comparisons.ts';
import { bareVerdict } from './bare-verdict.ts';
import { learnChance } from './learn-chance.ts';
import type { PhaseFingerprints } from './model.ts';

/** A sound of a minute whose bits depend on its name. */
function itemsOf(hash: string): Uint32Array {
  let state = hash.charCodeAt(0);
  return Uint32Array.from({ length: 484 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return state;
  });
}

const store = {
  fingerprintOf: async (hash: string): Promise<PhaseFingerprints | undefined> => {
    if (hash === 'unknown') return undefined;
    const bytes = hash === 'short' ? new Uint8Array(0) : compressFingerprint(itemsOf(hash));
    return [bytes, bytes, bytes, bytes];
  },
};

describe('what chance does in a library', () => {
  const sounds = ['a', 'b', 'c', 'd'];
  const none = tableOf(sounds, []);

  it('is learned from each two of its sounds, in whatever order they come', async () => {
    const learned = await learnChance(store, sounds, none);
    expect(learned.pairs).toBe(6);
    expect(await learnChance(store, sounds.toReversed(), none)).toEqual(learned);
  });

  it('is not learned from pairs that have something to do with each other', async () => {
    const related = { a: 'a', b: 'c', verdict: bareVerdict('unsure', null, '') };
    const different = { a: 'b', b: 'c', verdict: bareVerdict('different', null, '') };
    expect((await learnChance(store, sounds, tableOf(sounds, [related, different]))).pairs).toBe(5);
  });

  it('is not learned from sounds without a fingerprint', async () => {
    expect((await learnChance(store, ['a', 'b', 'short', 'unknown'], none)).pairs).toBe(1);
  });
});
