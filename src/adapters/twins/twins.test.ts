import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import type { Part, TwinReader } from '#sweep';
import { createFakeTwins } from '../../../test/support/fake-twins.ts';
import { CONTRACT_TREE, describeTwinReader } from '../../sweep/twin-reader.contract.ts';
import { startTwinThreads } from './twin-threads.ts';

const entry = path.resolve(import.meta.dirname, '../../main/sweeper.ts');
const start = (): TwinReader => startTwinThreads({ entry, width: 2 });
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function makeTree(files: Readonly<Record<string, string>>): BytePath {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-twins-')));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text, 'latin1');
  }
  return root as BytePath;
}

describeTwinReader('threads on real files', async () => ({ reader: start(), root: makeTree(CONTRACT_TREE) }));
describeTwinReader('the fake', async () => {
  const files = Object.entries(CONTRACT_TREE).map(([name, bytes]) => [`/tree/${name}`, { bytes }]);
  return { reader: createFakeTwins(Object.fromEntries(files)).reader, root: '/tree' as BytePath };
});

describe('threads that read', () => {
  const whole: Part = { kind: 'whole', bytes: Number.POSITIVE_INFINITY };
  const head: Part = { kind: 'head', bytes: 16 };
  let reader: TwinReader;
  let root: BytePath;
  beforeAll(() => {
    reader = start();
    root = makeTree({ 'a.mp3': 'x'.repeat(100), 'b.mp3': 'x'.repeat(100), 'sub/c.mp3': 'c' });
  });
  afterAll(() => reader[Symbol.asyncDispose]());

  const read = async (names: readonly string[], part: Part, size: number) => {
    const paths = names.map((name) => path.join(root, name) as BytePath);
    const how = { part, algorithm: 'sha256', digestBytes: 32, blockBytes: 64 };
    const { failures } = await reader.read(
      { paths, sizes: Float64Array.from(names, () => size), classes: Uint32Array.from(names.keys()) },
      how,
    );
    return failures.map(({ index, code, isTransient }) => [index, code, isTransient]);
  };

  it('tell a file that is gone, is a folder or has another length now, and go on with the rest', async () => {
    truncateSync(path.join(root, 'b.mp3'), 50);
    expect(await read(['gone.mp3', 'a.mp3', 'sub', 'b.mp3'], whole, 100)).toEqual([
      [0, 'files/missing', false],
      [2, 'files/unreadable', false],
      [3, 'files/changed', false],
    ]);
    expect(await read(['a.mp3'], whole, 99)).toEqual([[0, 'files/changed', false]]);
    expect(await read(['a.mp3'], { kind: 'head', bytes: 200 }, 99)).toEqual([[0, 'files/changed', false]]);
    expect(await read(['b.mp3'], { kind: 'tail', bytes: 20 }, 100)).toEqual([[0, 'files/changed', false]]);
  });

  it('find the same digests by comparing as by hashing, wherever files differ', async () => {
    const base = Buffer.alloc(1_000, 'abcdefg');
    const contents = [
      base,
      base,
      ...[0, 63, 64, 500, 999].map(() => Buffer.from(base)),
      base,
      Buffer.alloc(1_000, 'z'),
    ];
    for (const [i, at] of [0, 63, 64, 500, 999].entries()) (contents[i + 2] as Buffer)[at] = 0;
    const paths = contents.map((bytes, n) => {
      writeFileSync(path.join(root, `like ${n}.mp3`), bytes);
      return path.join(root, `like ${n}.mp3`) as BytePath;
    });
    const how = { part: whole, algorithm: 'sha256', digestBytes: 32, blockBytes: 64 };
    const classes = Uint32Array.from([...contents.slice(0, -1).map(() => 7), 8]);
    const { digests } = await reader.read({ paths, sizes: Float64Array.from(paths, () => 1_000), classes }, how);
    const found = contents.map((_, n) => Buffer.from(digests.subarray(n * 33 + 1, (n + 1) * 33)).toString('hex'));
    expect(found).toEqual(contents.map((bytes) => createHash('sha256').update(bytes).digest('hex')));
  });

  it('wait for nobody at a pipe that took the place of a file', async () => {
    spawnSync('mkfifo', [path.join(root, 'pipe.mp3')]);
    expect(await read(['pipe.mp3'], head, 5)).toHaveLength(1);
  });

  it('tell of links, and follow none', async () => {
    symlinkSync('a.mp3', path.join(root, 'sub/link.mp3'));
    symlinkSync('..', path.join(root, 'sub/up'));
    const filter = { extensions: null, include: [], exclude: [], ignoreFiles: [] };
    const {
      folders: listed,
      below,
      skipped,
    } = await reader.list([{ path: path.join(root, 'sub') as BytePath, above: [] }], filter);
    expect([listed[0]?.names, below]).toEqual(['c.mp3', []]);
    expect(skipped.map(({ path: left }) => path.basename(left))).toEqual(['link.mp3', 'up']);
  });

  it('end at once although they have work in hand', async () => {
    const busy = start();
    const paths = Array.from({ length: 50_000 }, () => path.join(root, 'a.mp3') as BytePath);
    const work = busy.read(
      { paths, sizes: Float64Array.from(paths, () => 100), classes: Uint32Array.from(paths.keys()) },
      { part: whole, algorithm: 'sha256', digestBytes: 32, blockBytes: 64 },
    );
    const ended = expect(work).rejects.toThrow('A thread of the sweep ended over its job.');
    await busy[Symbol.asyncDispose]();
    await ended;
  });

  it.skipIf(process.getuid?.() === 0)('tell a file that may not be read', async () => {
    chmodSync(path.join(root, 'a.mp3'), 0);
    expect(await read(['a.mp3'], head, 100)).toEqual([[0, 'files/denied', false]]);
  });
});
