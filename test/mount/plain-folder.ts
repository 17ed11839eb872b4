/** The folder that mounted stores are held against. */
import { lutimesSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { mountSmall, whyNot as whyNotMounted } from '../support/loop-mounts.ts';

export interface PlainFolder extends Disposable {
  /** On an ext4 that forbids nothing and keeps times of access. */
  readonly folder: string;
}

const UNUSUAL = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'ro'];

/** In the temporary folder where that is one, else on a file system of its own. */
export function openPlainFolder(): PlainFolder {
  const home = realpathSync(tmpdir());
  if (!isPlainExt4(home)) return mountSmall('ext4');
  const folder = mkdtempSync(path.join(home, 'reprise-plain-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** `describe` for tests that act there as several users; skipped with the reason in its title where that cannot be. */
export function describePlain(title: string, tests: () => void): void {
  const obstacle = whyNot();
  if (obstacle === undefined) describe(title, tests);
  else describe.skip(`${title} [SKIPPED: ${obstacle}]`, tests);
}

/** In a sentence; `undefined` where it can be. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'ext4 needs Linux';
  if (process.getuid?.() !== 0) return 'acting as several users needs root';
  if (!isPlainExt4(realpathSync(tmpdir()))) {
    const obstacle = whyNotMounted('ext4');
    if (obstacle !== undefined) return obstacle;
  }
  using plain = openPlainFolder();
  return keepsNanoseconds(plain.folder) ? undefined : 'the ext4 here keeps whole seconds alone';
}

function isPlainExt4(folder: string): boolean {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const above = mounts.filter(
    ([, , , , point = '-']) => folder === point || folder.startsWith(point === '/' ? point : `${point}/`),
  );
  // Of several on one place the last is the one to be seen.
  const nearest = above.reduce((a, b) => ((a[4] ?? '').length > (b[4] ?? '').length ? a : b));
  const options = nearest[5]?.split(',') ?? [];
  return nearest[nearest.indexOf('-') + 1] === 'ext4' && !options.some((option) => UNUSUAL.includes(option));
}

function keepsNanoseconds(folder: string): boolean {
  const file = path.join(folder, 'probe');
  writeFileSync(file, '');
  lutimesSync(file, 1.5, 1.5);
  return statSync(file, { bigint: true }).mtimeNs === 1_500_000_000n;
}
