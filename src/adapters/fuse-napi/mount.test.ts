/** A store mounted through libfuse, as it is on systems that are not Linux. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reprise } from '../../../test/support/mounted-store.ts';
import {
  describeMountedByLibrary,
  mountByLibrary,
  NAPI_MOUNT,
  type NapiMount,
} from '../../../test/support/napi-mount.ts';
import { describeTreeMount } from '../../store/mounted/tree-mount.contract.ts';

const LIMIT = { timeout: 90_000 };

describeTreeMount({
  title: 'through libfuse',
  describe: describeMountedByLibrary,
  mount: (place) => mountByLibrary(place),
  foreignNames: 'refused',
  tellsLinks: false,
});

it('says what is missing where the library is', LIMIT, () => {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name === 'fuse-napi') throw new Error('not installed');
      return next(name, context);
    } });`;
  const home = mkdtempSync(path.join(tmpdir(), 'reprise-napi-'));
  const [store, folder] = ['store', 'mounted'].map((name) => path.join(home, name)) as [string, string];
  mkdirSync(folder);
  reprise('store', 'init', store);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', '--import', `data:text/javascript,${encodeURIComponent(hook)}`, NAPI_MOUNT, store, folder],
    { encoding: 'utf8' },
  );
  rmSync(home, { recursive: true });
  expect([status, stderr]).toEqual([1, expect.stringContaining("code: 'store/no-fuse'")]);
  expect(stderr).toMatch(/hint: 'Install/);
});

describeMountedByLibrary('a mount through libfuse', () => {
  let home = '';
  let place: { store: string; folder: string };
  let mounts: NapiMount[] = [];
  beforeEach(() => {
    home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-napi-')));
    place = { store: path.join(home, 'store'), folder: path.join(home, 'mounted') };
    mkdirSync(place.folder);
  });
  afterEach(async () => {
    for (const { process: server, folder, ended } of mounts) {
      if (server.exitCode === null && server.signalCode === null) server.kill('SIGKILL');
      await ended;
      spawnSync('umount', ['--lazy', folder]);
    }
    mounts = [];
    rmSync(home, { recursive: true, force: true });
  });

  async function mount(options?: string, where = place): Promise<NapiMount> {
    const mounted = await mountByLibrary(where, options);
    mounts.push(mounted);
    return mounted;
  }
  const at = (name: string): string => path.join(place.folder, name);

  it('ends by a signal, and where it is used when nobody uses it any more', LIMIT, async () => {
    const first = await mount();
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const second = await mount();
    const opened = openSync(at('a'), 'w');
    second.process.kill('SIGTERM');
    for (let tries = 0; !second.told().includes('is in use') && tries < 300; tries++) await sleep(100);
    expect(second.told()).toContain('is in use');
    writeSync(opened, 'still written');
    closeSync(opened);
    expect(await second.ended).toBe(0);
    const { stdout } = reprise('store', 'ls', '--json', place.store);
    expect(JSON.parse(stdout)).toMatchObject({ entries: [{ path: 'a', sizeBytes: 13 }] });
  });

  it('whose process was killed is mended by mounting it again', LIMIT, async () => {
    const killed = await mount();
    writeFileSync(at('a'), 'abc');
    const opened = openSync(at('gone'), 'w');
    writeSync(opened, 'bytes without a name');
    unlinkSync(at('gone'));
    expect(readdirSync(place.folder)).toEqual(['a']);
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(() => readdirSync(place.folder)).toThrow(/ENOTCONN|ECONNABORTED/);
    expect(() => closeSync(opened)).not.toThrow();
    const again = await mount();
    expect(readdirSync(place.folder)).toEqual(['a']);
    expect(readFileSync(at('a'), 'utf8')).toBe('abc');
    unlinkSync(at('a'));
    await again.unmount();
    expect(readdirSync(path.join(place.store, 'raw'))).toEqual([]);
    expect(reprise('store', 'verify', place.store)).toMatchObject({ status: 0 });
  });

  it('gives back the room of what was open and has no name', LIMIT, async () => {
    await mount();
    const opened = openSync(at('a'), 'w');
    writeSync(opened, Buffer.alloc(100_000, 1));
    unlinkSync(at('a'));
    expect(readdirSync(path.join(place.store, 'raw')).length).toBe(1);
    closeSync(opened);
    for (let tries = 0; readdirSync(path.join(place.store, 'raw')).length > 0 && tries < 300; tries++) await sleep(100);
    expect(readdirSync(path.join(place.store, 'raw'))).toEqual([]);
  });

  it('keeps a file that a person calls as the library calls its own', LIMIT, async () => {
    await mount();
    const name = '.fuse_hidden0000000200000001';
    writeFileSync(at('a'), 'abc');
    renameSync(at('a'), at(name));
    expect(readdirSync(place.folder)).toEqual([name]);
    const opened = openSync(at(name), 'r');
    unlinkSync(at(name));
    expect([readdirSync(place.folder), readFileSync(opened, 'utf8')]).toEqual([[], 'abc']);
    closeSync(opened);
  });

  it('can be mounted to be read alone', LIMIT, async () => {
    const first = await mount();
    writeFileSync(at('a'), 'abc');
    await first.unmount();
    await mount('ro,noatime');
    expect(readFileSync(at('a'), 'utf8')).toBe('abc');
    expect(() => writeFileSync(at('b'), '')).toThrow(/EROFS/);
    expect(() => openSync(at('a'), 'r+')).toThrow(/EROFS/);
    expect(() => unlinkSync(at('a'))).toThrow(/EROFS/);
    expect(() => renameSync(at('a'), at('b'))).toThrow(/EROFS/);
    expect(() => mkdirSync(at('c'))).toThrow(/EROFS/);
    expect(readdirSync(place.folder)).toEqual(['a']);
  });

  it('is refused where it cannot be, and nothing is left mounted', LIMIT, async () => {
    const mounted = await mount();
    const other = path.join(home, 'other');
    mkdirSync(other);
    writeFileSync(path.join(home, 'file'), '');
    await expect(mount('', { ...place, folder: other })).rejects.toThrow(/store\/served/);
    await expect(mount('', { store: path.join(home, 'second'), folder: place.folder })).rejects.toThrow(
      /mounted on .* already/,
    );
    await mounted.unmount();
    for (const [folder, why] of [
      [path.join(home, 'missing'), /mkdir -p/],
      [path.join(home, 'file'), /is no folder/],
      [home, /lie in each other/],
    ] as const)
      await expect(mount('', { ...place, folder })).rejects.toThrow(why);
    await expect(mount('noexec')).rejects.toThrow(/knows no "noexec"/);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(home);
    expect(existsSync(path.join(place.folder, 'a'))).toBe(false);
  });
});
