/** The file systems that fault tests are run on have what those tests are about, and leave nothing behind. */
import { spawnSync } from 'node:child_process';
import {
  constants,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeMounted } from './describe-mounted.ts';
import { fillUp, mountSmall } from './loop-mounts.ts';

const mounts = (): string => readFileSync('/proc/self/mounts', 'utf8');

describeMounted(['ext4'], 'a small ext4', () => {
  it('can be filled to the last byte, and takes no more until room is made', () => {
    using disk = mountSmall('ext4');
    fillUp(disk.folder);
    expect(statSync(path.join(disk.folder, 'filler')).size).toBeGreaterThan(8 << 20);
    const more = path.join(disk.folder, 'more');
    expect(() => writeFileSync(more, Buffer.alloc(8192))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    rmSync(path.join(disk.folder, 'filler'));
    writeFileSync(more, Buffer.alloc(8192));
    expect(statSync(more).size).toBe(8192);
  });

  it('is gone when it is disposed of, even where a file on it is still open', () => {
    const disk = mountSmall('ext4');
    openSync(path.join(disk.folder, 'open'), 'w');
    disk[Symbol.dispose]();
    expect(mounts()).not.toContain(disk.folder);
    expect(existsSync(disk.folder)).toBe(false);
  });
});

describeMounted(['xfs'], 'a small XFS', () => {
  it('shares blocks between files', () => {
    using disk = mountSmall('xfs');
    const [from, to] = [path.join(disk.folder, 'a'), path.join(disk.folder, 'b')];
    writeFileSync(from, 'x'.repeat(100_000));
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
    expect(readFileSync(to, 'utf8')).toBe('x'.repeat(100_000));
  });
});

describeMounted(['tmpfs'], 'a tmpfs', () => {
  it('is another device, to which nothing can be renamed', () => {
    using disk = mountSmall('tmpfs');
    const file = path.join(tmpdir(), `reprise-loop-${process.pid}`);
    writeFileSync(file, 'a');
    try {
      expect(() => renameSync(file, path.join(disk.folder, 'a'))).toThrow(expect.objectContaining({ code: 'EXDEV' }));
    } finally {
      rmSync(file);
    }
  });

  it('that a killed or ended process left behind is cleaned up', () => {
    const module = JSON.stringify(path.join(import.meta.dirname, 'loop-mounts.ts'));
    for (const [end, leavesIt] of [
      ["process.kill(process.pid, 'SIGKILL')", true],
      ['process.exit(0)', false],
    ] as const) {
      const script = `import { mountSmall } from ${module}; console.log(mountSmall('tmpfs').folder); ${end};`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
      const folder = stdout.trim();
      expect(path.basename(folder)).toBe('disk');
      expect(mounts().includes(folder)).toBe(leavesIt);
      mountSmall('tmpfs')[Symbol.dispose]();
      expect(mounts()).not.toContain(folder);
      expect(existsSync(folder)).toBe(false);
    }
  });
});

describe('where it cannot be mounted', () => {
  afterEach(() => vi.restoreAllMocks());

  /** As in a process of its own, which has not asked yet. */
  async function freshly(): Promise<typeof import('./loop-mounts.ts')> {
    vi.resetModules();
    return await import('./loop-mounts.ts');
  }

  it('nobody but root is told so', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    expect((await freshly()).whyNot('xfs')).toBe('mounting xfs needs root');
  });

  it('the system’s own words are told, and nothing is left', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    // The programs of root are found all the same, those of everybody are not.
    vi.stubEnv('PATH', '/nowhere');
    expect((await freshly()).whyNot('ext4')).toMatch(/^ext4 cannot be mounted here: .*truncate/);
    vi.unstubAllEnvs();
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`reprise-mount-${process.pid}-`));
    expect(left).toEqual([]);
  });
});
