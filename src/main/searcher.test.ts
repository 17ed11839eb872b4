/** The thread of the search with the real index, where the whole product would need a large library. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_COLUMNS, type NewSound, type SearchTerms } from '#catalogue';
import { compressFingerprint } from '#fingerprint';
import { createRandom } from '../../test/support/music.ts';
import { openSearchIn } from '../../test/support/search-library.ts';

const METHOD = 'method 1';
const NONE = new Uint8Array();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-searcher-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Is the code of the item one of those that one of four are asked about? As docs/design/search.md says. */
const isSampled = (item: number): boolean => (Math.imul(item >>> 8, 0x9e37_79b1) & 0xff_ffff) >>> 22 === 0;

/** Random items, all of whose codes are sampled ones. */
function sampledItems(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  return Uint32Array.from({ length }, () => {
    for (;;) {
      const item = Math.floor(random() * 2 ** 32);
      if (isSampled(item)) return item;
    }
  });
}

describe('a part of the index', () => {
  it('may hold sampled codes alone', async () => {
    const { files, startThreads } = openSearchIn(folder);
    await using threads = startThreads();
    const fingerprint = compressFingerprint(sampledItems(1, 300));
    const sounds = [1, 2].map((sound): NewSound => ({ sound, check: sound, fingerprint }));
    const name = files.newSegment();
    await threads.index(name, METHOD, sounds);
    const terms: SearchTerms = {
      ...{ codeBits: 28, sampleBits: 2, stops: new Uint32Array(), near: false, leastAltered: 6, method: METHOD },
      // What such a part would hold if its codes were as frequent as others.
      postings: 200,
    };
    await threads.open(terms, 2);
    await threads.load([{ name, from: 0, to: 2 }]);
    const answers = await threads.ask([{ sound: 1, fingerprint: [fingerprint, NONE, NONE, NONE], altered: NONE }]);
    expect([...answers.subarray(0, ANSWER_COLUMNS)]).toEqual([1, 2, 0, 1, 300]);
  });
});

describe('a thread that is ended', () => {
  it('fails the job that it had in hand, and keeps nobody waiting', async () => {
    const { files, startThreads } = openSearchIn(folder);
    const threads = startThreads();
    const writing = threads.index(files.newSegment(), METHOD, [{ sound: 1, check: 1, fingerprint: NONE }]);
    const failed = expect(writing).rejects.toThrow('ended over its job');
    await threads[Symbol.asyncDispose]();
    await failed;
  });
});
