import { expect, it } from 'vitest';
import { pathFromBytes } from '#kernel';
import { compareFiles } from './compare.ts';
import { type Content, keyOfStamp } from './model.ts';

const unheard = () => Promise.reject(new Error('Nothing is there to listen to.'));
const workers = { judge: unheard, judgeSketches: unheard, liken: unheard };

function broken(name: string, message: string) {
  const failure = { code: 'decode/broken', message };
  const content: Content = { contentHash: `sha256:${name}`, sizeBytes: 9, sound: null, tags: null, failure };
  const stamp = keyOfStamp({ device: 1n, inode: 1n, sizeBytes: 9, mtimeNs: 1n, ctimeNs: 1n });
  return { path: pathFromBytes(Buffer.from(`/music/${name}`)), stamp, content };
}

it('is unsure of what it could not hear, and says of which file and why', async () => {
  const [a, b] = [broken('a.flac', 'Its header is missing.'), broken('b.mp3', 'It is a picture.')];
  const { verdict } = await compareFiles(workers, a, b, { signal: new AbortController().signal });
  expect(verdict.relation).toBe('unsure');
  expect(verdict.reasons).toEqual(['/music/a.flac: Its header is missing.', '/music/b.mp3: It is a picture.']);
});
