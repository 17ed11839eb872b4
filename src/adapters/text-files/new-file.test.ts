import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { prepareFile } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-new-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function at(name: string): BytePath {
  return join(folder, name) as BytePath;
}

describe('prepareFile', () => {
  it('leaves nothing behind until the file is written, and then only that', async () => {
    const file = await prepareFile(at('a.svg'));
    expect(readdirSync(folder)).toEqual([]);
    file.write(Uint8Array.of(1, 2, 3));
    expect(readdirSync(folder)).toEqual(['a.svg']);
    expect([...readFileSync(at('a.svg'))]).toEqual([1, 2, 3]);
  });

  it('writes names that are no UTF-8, and as long as they may be', async () => {
    (await prepareFile(at('a\udcffb'))).write('x');
    (await prepareFile(at(`${'n'.repeat(251)}.svg`))).write('y');
    expect(
      readdirSync(folder, 'buffer')
        .map(({ length }) => length)
        .sort(),
    ).toEqual([255, 3]);
  });

  it('says at once why it cannot', async () => {
    writeFileSync(at('kept'), 'mine');
    symlinkSync('nowhere', at('link'));
    await expect(prepareFile(at('kept'))).rejects.toMatchObject({ code: 'output/exists', kind: 'conflict' });
    await expect(prepareFile(at('link'))).rejects.toMatchObject({ code: 'output/exists' });
    await expect(prepareFile(at('no/a.svg'))).rejects.toMatchObject({ code: 'output/no-folder', kind: 'missing' });
    await expect(prepareFile(at('kept/a.svg'))).rejects.toMatchObject({ code: 'output/no-folder' });
    await expect(prepareFile('/proc/a.svg' as BytePath).then((file) => file.write('x'))).rejects.toMatchObject({
      code: /^output\//,
    });
    expect(readFileSync(at('kept'), 'utf8')).toBe('mine');
  });

  it('never takes the place of a file that came meanwhile', async () => {
    const file = await prepareFile(at('a.svg'));
    writeFileSync(at('a.svg'), 'theirs');
    expect(() => file.write('ours')).toThrow(expect.objectContaining({ code: 'output/exists' }));
    expect(readFileSync(at('a.svg'), 'utf8')).toBe('theirs');
    expect(readdirSync(folder)).toEqual(['a.svg']);
  });

  it('grows where nobody sees it, and is there once it is finished, or never', async () => {
    const file = await prepareFile(at('a.csv'));
    {
      using growing = file.begin();
      growing.write('1\n');
      growing.write(Uint8Array.of(0xff));
      expect(readdirSync(folder)).not.toContain('a.csv');
      growing.finish();
    }
    expect(readdirSync(folder)).toEqual(['a.csv']);
    expect([...readFileSync(at('a.csv'))]).toEqual([0x31, 0x0a, 0xff]);
    {
      using given = (await prepareFile(at('b.csv'))).begin();
      given.write('half');
    }
    expect(readdirSync(folder)).toEqual(['a.csv']);
  });

  it('leaves no half file when the folder goes away', async () => {
    mkdirSync(at('sub'));
    const file = await prepareFile(at('sub/a.svg'));
    rmSync(at('sub'), { recursive: true });
    expect(() => file.write('x')).toThrow(expect.objectContaining({ code: 'output/no-folder' }));
  });
});
