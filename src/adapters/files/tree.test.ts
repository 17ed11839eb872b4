import { chmodSync, linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FoundFolder, keyOfStamp, type WalkOptions } from '#catalogue';
import { type BytePath, type Failure, joinPath, pathFromBytes } from '#kernel';
import { isRemoteBy, parseMounts } from './mounts.ts';
import type { RawName } from './names.ts';
import { isSpinning } from './spinning.ts';
import { createFileTree } from './tree.ts';

const tree = createFileTree();
let root: BytePath;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-tree-'))) as BytePath;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => path.join(root, name);
function put(name: string): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), name);
}

async function walkAll(from: BytePath, options: Partial<WalkOptions> = {}) {
  const folders: FoundFolder[] = [];
  const skipped: string[] = [];
  const troubles: Failure[] = [];
  const all: WalkOptions = {
    wants: () => true,
    skipsFolder: () => false,
    ignoreFiles: [],
    onSkip: (left) => skipped.push(path.relative(root, left)),
    onTrouble: (_, failure) => troubles.push(failure),
    onDevice: () => {},
    ...options,
  };
  for await (const folder of tree.walk(from, all)) folders.push(folder);
  const files = folders.flatMap((folder) => folder.files.map(({ name }) => joinPath(folder.path, name)));
  return { files: files.map((file) => path.relative(root, file)), folders, skipped, troubles };
}

describe('a walk', () => {
  it('finds every file in the order of names, with the stamp that it has', async () => {
    for (const name of ['b/2', 'b/10', 'a/z/y', 'c', 'B']) put(name);
    const { files, folders } = await walkAll(root);
    expect(files).toEqual(['B', 'c', 'a/z/y', 'b/10', 'b/2']);
    const [first] = folders[0]?.files ?? [];
    expect(first?.stamp).toBe(keyOfStamp((await tree.stamp(at('B') as BytePath)) as never));
  });

  it('keeps hard links as names of one inode, and follows no symlink', async () => {
    put('a');
    linkSync(at('a'), at('b'));
    symlinkSync(at('a'), at('c'));
    symlinkSync(root, at('loop'));
    const { files, folders } = await walkAll(root);
    expect(files).toEqual(['a', 'b']);
    expect(folders[0]?.files[0]?.stamp).toBe(folders[0]?.files[1]?.stamp);
  });

  it('goes below a folder whose name is not UTF-8', async () => {
    const folder = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x2f])]);
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from([0xfe])]), 'x');
    const { folders } = await walkAll(root);
    expect(folders.at(-1)?.path).toBe(pathFromBytes(folder.subarray(0, -1)));
    expect(folders.at(-1)?.files[0]?.name).toBe('\udcfe');
  });

  it('leaves out what an ignore file asks for, and says so', async () => {
    for (const name of ['x/a', 'x/.ignore', 'x/deep/b', 'y/c', '.reprise-trash/d']) put(name);
    const { files, skipped } = await walkAll(root, { ignoreFiles: ['.ignore'] });
    expect(files).toEqual(['y/c']);
    expect(skipped).toEqual(['.reprise-trash', 'x']);
  });

  it('can be interrupted', async () => {
    for (let n = 0; n < 3_000; n += 1) put(`${n % 3}/${n}`);
    const signal = AbortSignal.abort();
    await expect(walkAll(root, { signal })).rejects.toMatchObject({ code: 'run/cancelled' });
  });

  it('goes as deep as the system allows paths to be', async () => {
    const deep = Array.from({ length: 300 }, () => 'folder').join('/');
    put(`${deep}/a`);
    expect((await walkAll(root)).files).toEqual([`${deep}/a`]);
  });
});

describe('a root', () => {
  it('is resolved through symlinks, and named where it is not there', async () => {
    put('music/a');
    symlinkSync(at('music'), at('link'));
    symlinkSync(at('round'), at('round'));
    expect(await tree.resolve(at('link') as BytePath)).toBe(at('music'));
    await expect(tree.resolve(at('none') as BytePath)).rejects.toMatchObject({
      code: 'files/missing',
      kind: 'missing',
    });
    await expect(tree.resolve(at('music/a/b') as BytePath)).rejects.toMatchObject({ code: 'files/missing' });
    await expect(tree.resolve(at('round') as BytePath)).rejects.toMatchObject({ code: 'files/unreadable' });
    await expect(tree.resolve('/dev/null' as BytePath)).rejects.toMatchObject({ code: 'files/not-regular' });
    chmodSync(at('music'), 0o755);
  });
});

describe('mounts', () => {
  it('of our own, and those that only wait to be mounted, are not entered', () => {
    const text = [
      '1 0 0:1 / /net rw - autofs auto rw',
      '2 0 0:2 / /auto rw - autofs auto rw',
      '3 2 0:3 / /auto rw,nosuid shared:1 - nfs4 server:/ rw',
      '4 0 0:4 / /my\\040store rw - fuse.reprise reprise rw',
      '5 0 8:1 / /music rw - ext4 /dev/sda1 rw',
    ].join('\n');
    expect([...parseMounts(text)]).toEqual(['/net', '/my store']);
  });
});

describe('a disk that spins', () => {
  it('is known by its own word, its partition’s disk or its parts', () => {
    const answer = (device: string, rotational: string): void => {
      mkdirSync(at(`devices/${device}/queue`), { recursive: true });
      writeFileSync(at(`devices/${device}/queue/rotational`), rotational);
    };
    answer('sda', '1\n');
    answer('nvme', '0\n');
    mkdirSync(at('devices/sda/sda1'));
    mkdirSync(at('devices/md0/slaves'), { recursive: true });
    symlinkSync(at('devices/sda/sda1'), at('devices/md0/slaves/sda1'));
    answer('virtio1/vda', '1\n');
    mkdirSync(at('dev/block'), { recursive: true });
    const names = ['sda', 'sda/sda1', 'nvme', 'md0', 'virtio1/vda'];
    for (const [minor, name] of names.entries()) symlinkSync(at(`devices/${name}`), at(`dev/block/8:${minor}`));
    const spins = [0, 1, 2, 3, 4, 5].map((minor) => isSpinning(BigInt((8 << 8) | minor), root));
    expect(spins).toEqual([true, true, false, true, false, false]);
  });
});

describe('a place that others can change unseen', () => {
  const table = [
    '21 1 8:1 / / rw - ext4 /dev/sda1 rw',
    '22 21 0:50 / /music rw - nfs4 server:/music rw',
    '23 22 8:2 / /music/local rw - xfs /dev/sdb1 rw',
    '24 21 0:51 / /mnt/with\\040blank rw - fuse.sshfs host: rw',
    '25 21 8:3 / /ntfs rw - fuseblk /dev/sdc1 rw',
  ].join('\n');

  it.each([
    ['/music', true],
    ['/music/a/b', true],
    ['/music/local/a', false],
    ['/musical', false],
    ['/mnt/with blank/a', true],
    ['/ntfs/a', false],
    ['/home', false],
  ])('%s: %s', (place, expected) => expect(isRemoteBy(table, place as RawName)).toBe(expected));
});
