import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { openTextFile, readText } from './index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-text-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function at(name: string): BytePath {
  return join(folder, name) as BytePath;
}

describe('openTextFile', () => {
  it('appends, so that two runs share a log', async () => {
    const [one, two] = [await openTextFile(at('log'), 'append'), await openTextFile(at('log'), 'append')];
    one.write('1\n');
    two.write('2 é\n');
    one.write('3\n');
    one.close();
    two.close();
    expect(readFileSync(at('log'), 'utf8')).toBe('1\n2 é\n3\n');
  });

  it('opens names that are no UTF-8', async () => {
    const file = await openTextFile(at('a\udcffb'), 'exclusive');
    file.write('x');
    file.close();
    expect(readFileSync(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.of(0xff), Buffer.from('b')]), 'utf8')).toBe(
      'x',
    );
  });

  it('says why it cannot', async () => {
    writeFileSync(at('kept'), 'mine');
    await expect(openTextFile(at('kept'), 'exclusive')).rejects.toMatchObject({
      code: 'output/exists',
      kind: 'conflict',
    });
    await expect(openTextFile(at('no/log'), 'append')).rejects.toMatchObject({ code: 'output/no-folder' });
    await expect(openTextFile(folder as BytePath, 'append')).rejects.toMatchObject({ code: 'output/denied' });
    expect(readFileSync(at('kept'), 'utf8')).toBe('mine');
  });
});

describe('readText', () => {
  it('gives all of a file, by any name, or says why not', async () => {
    const file = await openTextFile(at('in\udcff'), 'exclusive');
    file.write('é\n');
    file.close();
    expect(await readText(at('in\udcff'))).toBe('é\n');
    await expect(readText(at('nothing'))).rejects.toMatchObject({ code: 'files/missing', kind: 'missing' });
    await expect(readText(folder as BytePath)).rejects.toMatchObject({ code: 'files/not-regular' });
  });
});
