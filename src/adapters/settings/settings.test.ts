import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSettingsFiles } from './index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprise-settings-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('settings files', () => {
  const files = createSettingsFiles();

  it('makes the file and the folders above it, and reads it', async () => {
    const path = join(folder, 'a/b/config.toml');
    await files.create(path, 'workers = 2\n');
    expect(await files.read(path)).toBe('workers = 2\n');
  });

  it('never overwrites', async () => {
    const path = join(folder, 'kept.toml');
    await writeFile(path, 'mine');
    await expect(files.create(path, 'yours')).rejects.toMatchObject({ code: 'config/exists', kind: 'conflict' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('replaces a file whole, keeps its mode, and writes through a symlink', async () => {
    const path = join(folder, 'real.toml');
    await writeFile(path, 'one', { mode: 0o640 });
    await symlink(path, join(folder, 'link.toml'));
    await files.replace(join(folder, 'link.toml'), 'one', 'two');
    expect([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777]).toEqual(['two', 0o640]);
    expect((await lstat(join(folder, 'link.toml'))).isSymbolicLink()).toBe(true);
  });

  it('replaces nothing that was written to meanwhile, and leaves nothing behind', async () => {
    const path = join(folder, 'busy/config.toml');
    await files.create(path, 'theirs');
    await expect(files.replace(path, 'mine', 'new')).rejects.toMatchObject({ code: 'config/changed' });
    expect([await readdir(join(folder, 'busy')), await readFile(path, 'utf8')]).toEqual([['config.toml'], 'theirs']);
    const gone = join(folder, 'busy/none.toml');
    await expect(files.replace(gone, '', 'new')).rejects.toMatchObject({ code: 'config/unwritable' });
  });

  it('tells a file that is not there from one that cannot be read', async () => {
    expect(await files.read(join(folder, 'none.toml'))).toBeUndefined();
    expect(await files.read(join(folder, 'kept.toml', 'below'))).toBeUndefined();
    await expect(files.read(folder)).rejects.toMatchObject({ code: 'config/unreadable' });
  });
});
