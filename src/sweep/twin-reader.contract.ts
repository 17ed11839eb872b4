/** What every reader of twins must do, on a small tree that it is given. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BytePath, joinPath } from '#kernel';
import { hexDigest } from './digests.ts';
import type { ListedFolders, ListFilter, Part, TwinReader } from './ports.ts';

const SOUND = `ID3${'s'.repeat(40_000)}`;

/** Files below the root, by name. */
export const CONTRACT_TREE: Readonly<Record<string, string>> = {
  'a.mp3': SOUND,
  'b.txt': 'only a text',
  'sub/ä.flac': 'fLaC',
  'sub/deep/c.mp3': '\xff\xfb raw',
};

const ALL: ListFilter = { extensions: null, include: [], exclude: [], ignoreFiles: [] };
const HOW = { algorithm: 'sha256', digestBytes: 32, blockBytes: 1000 };

/** @param open gives a reader and the real path of a folder that holds {@link CONTRACT_TREE} and nothing else */
export function describeTwinReader(name: string, open: () => Promise<{ reader: TwinReader; root: BytePath }>): void {
  describe(`a reader of twins: ${name}`, () => {
    let reader: TwinReader;
    let root: BytePath;
    beforeAll(async () => {
      ({ reader, root } = await open());
    });
    afterAll(() => reader[Symbol.asyncDispose]());

    const at = (file: string): BytePath => joinPath(root, file as BytePath);
    const list = async (folders: readonly string[], filter = ALL): Promise<ListedFolders> =>
      reader.list(
        folders.map((folder) => ({ path: folder === '' ? root : at(folder), above: ['0:0'] })),
        filter,
      );
    const digestOf = async (file: string, part: Part, sizeBytes = (CONTRACT_TREE[file] ?? '').length) => {
      const { digests, failures } = await reader.read(
        { paths: [at(file)], sizes: Float64Array.of(sizeBytes), classes: Uint32Array.of(0) },
        { ...HOW, part },
      );
      return { mark: digests[0], digest: hexDigest({ bytes: digests, entryBytes: 33 }, 0), failures };
    };
    const sha = (text: string): string => createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex');

    it('lists several folders, with the stamps of their files in turn and the way to what lies below', async () => {
      const { folders, stamps, below } = await list(['', 'sub']);
      expect(folders.map(({ path, count, names }) => [path, count, names.split('\0')])).toEqual([
        [root, 2, ['a.mp3', 'b.txt']],
        [at('sub'), 1, ['ä.flac']],
      ]);
      expect(Array.from({ length: 3 }, (_, file) => Number(stamps[file * 5 + 2]))).toEqual([SOUND.length, 11, 4]);
      expect(stamps).toHaveLength(15);
      expect(below).toEqual([
        { path: at('sub'), above: ['0:0', folders[0]?.key] },
        { path: at('sub/deep'), above: ['0:0', folders[1]?.key] },
      ]);
      expect(new Set(folders.map(({ key }) => key)).size).toBe(2);
    });

    it('lists what the filter wants', async () => {
      const { folders, stamps } = await list([''], { ...ALL, extensions: ['txt'] });
      expect(folders[0]?.names).toBe('b.txt');
      expect(stamps).toHaveLength(5);
    });

    it('hashes the first, the last and all bytes', async () => {
      expect((await digestOf('a.mp3', { kind: 'head', bytes: 10 })).digest).toBe(sha(SOUND.slice(0, 10)));
      expect((await digestOf('a.mp3', { kind: 'tail', bytes: 10 })).digest).toBe(sha(SOUND.slice(-10)));
      expect((await digestOf('a.mp3', { kind: 'whole', bytes: Number.POSITIVE_INFINITY })).digest).toBe(sha(SOUND));
      expect((await digestOf('a.mp3', { kind: 'whole', bytes: 1_234 })).digest).toBe(sha(SOUND.slice(0, 1_234)));
      expect((await digestOf('b.txt', { kind: 'head', bytes: 100 })).digest).toBe(sha('only a text'));
    });

    it('says of a head what it looks like', async () => {
      const part: Part = { kind: 'head', bytes: 100 };
      const marks = await Promise.all(
        Object.keys(CONTRACT_TREE).map(async (file) => (await digestOf(file, part)).mark),
      );
      expect(marks).toEqual([1, 2, 1, 3]);
    });

    it('gives an answer for each of many, also with several calls at once', async () => {
      const files = Object.keys(CONTRACT_TREE);
      const sizes = Float64Array.from(files, (file) => (CONTRACT_TREE[file] ?? '').length);
      const part: Part = { kind: 'whole', bytes: Number.POSITIVE_INFINITY };
      const answers = await Promise.all(
        Array.from({ length: 5 }, () =>
          reader.read({ paths: files.map(at), sizes, classes: Uint32Array.from(files.keys()) }, { ...HOW, part }),
        ),
      );
      for (const { digests } of answers) {
        const found = files.map((_, file) => hexDigest({ bytes: digests, entryBytes: 33 }, file));
        expect(found).toEqual(files.map((file) => sha(CONTRACT_TREE[file] ?? '')));
      }
    });
  });
}
