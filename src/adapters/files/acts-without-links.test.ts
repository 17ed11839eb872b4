/** Renaming on file systems that know neither `renameat2` nor hard links, such as FAT through an old driver. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BytePath } from '#kernel';
import { createFileActs } from './index.ts';

vi.mock(import('./libc.ts'), async (original) => ({ ...(await original()), libc: () => undefined }));
vi.mock(import('node:fs'), async (original) => ({
  ...(await original()),
  linkSync: () => {
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
  },
}));

const acts = createFileActs();
let home: string;
beforeEach(() => {
  home = mkdtempSync(`${tmpdir()}/reprise-acts-`);
});
afterEach(() => rmSync(home, { recursive: true }));
const at = (name: string): BytePath => `${home}/${name}` as BytePath;

it('moves the very same file', () => {
  writeFileSync(at('a'), 'song');
  const before = acts.state(at('a'));
  acts.rename(at('a'), at('b'));
  expect([readdirSync(home), acts.state(at('b')), readFileSync(at('b'), 'utf8')]).toEqual([['b'], before, 'song']);
});

it.each<[string, (path: string) => void]>([
  ['a file', (path) => writeFileSync(path, 'another')],
  ['an empty file', (path) => writeFileSync(path, '')],
  ['a folder', (path) => void mkdirSync(path)],
  ['a link to nowhere', (path) => symlinkSync('/nowhere', path)],
])('never replaces %s', (_name, put) => {
  writeFileSync(at('a'), 'song');
  put(at('b'));
  const before = acts.state(at('b'));
  expect(() => acts.rename(at('a'), at('b'))).toThrow(expect.objectContaining({ code: 'files/exists' }));
  expect([acts.state(at('b')), readFileSync(at('a'), 'utf8')]).toEqual([before, 'song']);
});

it('leaves no empty file where there was nothing to move', () => {
  expect(() => acts.rename(at('gone'), at('b'))).toThrow(
    expect.objectContaining({ code: 'files/missing', message: expect.stringContaining('gone') }),
  );
  expect(readdirSync(home)).toEqual([]);
});
