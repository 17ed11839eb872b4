import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { placeOf } from './place.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-place-')));
  mkdirSync(path.join(root, 'a/b'), { recursive: true });
  symlinkSync('a', path.join(root, 'link'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const place = (name: string) => placeOf(path.join(root, name) as BytePath);
const keyOf = (name: string): string => {
  const { dev, ino } = statSync(path.join(root, name), { bigint: true });
  return `${dev}:${ino}`;
};

describe('the place of a folder', () => {
  it('is its real path, with the keys of all folders on the way up', () => {
    const { path: real, kind, keys } = place('link/b');
    expect([real, kind]).toEqual([path.join(root, 'a/b'), 'folder']);
    expect(keys.slice(0, 3)).toEqual([keyOf('a/b'), keyOf('a'), keyOf('.')]);
    const { dev, ino } = statSync('/', { bigint: true });
    expect(keys.at(-1)).toBe(`${dev}:${ino}`);
  });

  it('of what is not there is where it would be', () => {
    const { path: real, kind, keys } = place('link/b/new/out');
    expect([real, kind]).toEqual([path.join(root, 'a/b/new/out'), 'nothing']);
    expect(keys[0]).toBe(keyOf('a/b'));
  });

  it('is no folder where a file is, or a link that leads nowhere', () => {
    writeFileSync(path.join(root, 'file'), '');
    symlinkSync('gone', path.join(root, 'broken'));
    expect(place('file').kind).toBe('other');
    expect(place('broken').kind).toBe('other');
  });

  it('below a file is nothing', () => {
    writeFileSync(path.join(root, 'file'), '');
    expect(place('file/deeper').kind).toBe('nothing');
  });

  it('keeps names that are not UTF-8', () => {
    const name = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x41])]);
    mkdirSync(name);
    expect(place('\udcffA').path).toBe(`${root}/\udcffA`);
    expect(place('\udcffA/new\udcfe').path).toBe(`${root}/\udcffA/new\udcfe`);
  });

  it('is the root', () => {
    expect(placeOf('/' as BytePath)).toMatchObject({ path: '/', kind: 'folder', keys: [expect.any(String)] });
  });
});
