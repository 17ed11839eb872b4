/** What callers may name, with real files, links, pipes and devices behind a real socket. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { type House, openHouse } from '../../test/support/http.ts';

let house: House;
const at = (...parts: string[]): string => join(house.root, ...parts);
const base64 = (bytes: Buffer): string => bytes.toString('base64');

beforeAll(async () => {
  house = await openHouse({ parts: ({ root, outside }) => ({ roots: [root, `${outside}/linked-root` as BytePath] }) });
  writeFileSync(at('a.flac'), '');
  mkdirSync(at('album'));
  writeFileSync(at('album', 'b.flac'), '');
  writeFileSync(Buffer.concat([Buffer.from(`${house.root}/`), Buffer.from([0xff, 0x2e, 0x6d])]), '');
  writeFileSync(join(house.outside, 'secret.flac'), '');
  symlinkSync(house.outside, at('way-out'));
  symlinkSync(join(house.outside, 'secret.flac'), at('secret.flac'));
  symlinkSync(at('a.flac'), at('inner.flac'));
  symlinkSync(at('album'), at('inner'));
  symlinkSync(at('circle'), at('circle'));
  mkdirSync(join(house.outside, 'real-root'));
  writeFileSync(join(house.outside, 'real-root', 'b.flac'), '');
  symlinkSync(join(house.outside, 'real-root'), join(house.outside, 'linked-root'));
  execFileSync('mkfifo', [at('pipe.flac')]);
});
afterAll(() => house[Symbol.asyncDispose]());

async function check(question: object): Promise<{ status: number; code: string | undefined; message: string }> {
  const answer = await house.ask('/api/v1/check', { json: question });
  const { code, message } = (await answer.json()) as { code?: string; message: string };
  return { status: answer.status, code, message };
}

describe('a path that may be opened', () => {
  it.each([
    ['in a root', () => at('a.flac')],
    ['with doubled slashes', () => at('a.flac').replaceAll('/', '//')],
    ['below a link that stays inside', () => at('inner', 'b.flac')],
    ['below a root that is a link', () => join(house.outside, 'linked-root', 'b.flac')],
    ['where such a link leads', () => join(house.outside, 'real-root', 'b.flac')],
  ])('lies %s', async (_, path) => {
    expect(await check({ path: path() })).toMatchObject({ status: 200 });
  });

  it('may have a name that is no UTF-8, and comes back with its bytes', async () => {
    const bytes = Buffer.concat([Buffer.from(`${house.root}/`), Buffer.from([0xff, 0x2e, 0x6d])]);
    const answer = await house.ask('/api/v1/check', { json: { path: 'ignored', pathBase64: base64(bytes) } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ v: 1, path: `${house.root}/\ufffd.m`, pathBase64: base64(bytes) });
  });

  it('may be written with escaped bytes, which are the same path', async () => {
    expect(await check({ path: `${house.root}/\udcff.m` })).toMatchObject({ status: 200 });
    writeFileSync(at('é.flac'), '');
    await check({ path: at('\udcc3\udca9.flac') });
    expect(house.gate.checked.at(-1)).toBe(at('é.flac'));
  });
});

describe('a path that is refused', () => {
  it.each([
    ['is relative', () => 'a.flac', 400],
    ['is empty', () => '', 400],
    ['climbs', () => `${house.root}/../outside/secret.flac`, 400],
    ['climbs and comes back', () => `${house.root}/album/../a.flac`, 400],
    ['stands still', () => `${house.root}/./a.flac`, 400],
    ['holds a NUL', () => at('a.flac\0.txt'), 400],
    ['holds half a character', () => at('a\ud800.flac'), 400],
    ['escapes what is no foreign byte', () => `${house.root}/\udc2e\udc2e/outside/secret.flac`, 400],
    ['is longer than any', () => at('x'.repeat(5000)), 400],
    ['lies outside', () => join(house.outside, 'secret.flac'), 403],
    ['lies outside and is not there', () => join(house.outside, 'nothing.flac'), 403],
    ['is a system file', () => '/etc/passwd', 403],
    ['is a device', () => '/dev/zero', 403],
    ['is everything', () => '/', 403],
    ['begins like a root', () => `${house.root}-not/a.flac`, 403],
    ['is encoded as in a URL', () => `${house.root}/%2e%2e/outside/secret.flac`, 404],
    ['is encoded twice', () => `${house.root}/..%252foutside%252fsecret.flac`, 404],
    ['goes through a link that leads out', () => at('way-out', 'secret.flac'), 403],
    ['goes through it to nothing', () => at('way-out', 'nothing.flac'), 403],
    ['goes through it to no folder', () => at('way-out', 'nothing', 'nothing.flac'), 403],
    ['is a link that leads out', () => at('secret.flac'), 422],
    ['is a link that stays inside', () => at('inner.flac'), 422],
    ['is a link in a circle', () => at('circle'), 422],
    ['goes through a circle', () => at('circle', 'a.flac'), 404],
    ['is not there', () => at('nothing.flac'), 404],
    ['goes through a file', () => at('a.flac', 'b.flac'), 404],
    ['has a name that no system has', () => at('x'.repeat(300)), 404],
    ['is a pipe', () => at('pipe.flac'), 422],
    ['is a folder', () => at('album'), 422],
    ['is a root', () => house.root, 422],
  ])('%s', async (_, path, status) => {
    const before = house.gate.checked.length;
    const answer = await check({ path: path() });
    expect(answer).toMatchObject({ status, code: expect.stringMatching(/^(http|files)\//) });
    expect(house.gate.checked.length).toBe(before);
    // The same as bytes.
    const bytes = base64(Buffer.from(path(), 'utf8'));
    if (path().isWellFormed()) expect(await check({ pathBase64: bytes })).toMatchObject({ status });
  });

  it('says nothing of what lies outside', async () => {
    const [one, other] = await Promise.all([
      check({ path: join(house.outside, 'secret.flac') }),
      check({ path: join(house.outside, 'nothing.flac') }),
    ]);
    expect(one).toEqual(other);
  });

  it.each(['%', 'no base64!', 'a'])('has bytes in "%s"', async (pathBase64) => {
    expect(await check({ pathBase64 })).toMatchObject({ status: 400, message: expect.stringContaining('pathBase64') });
  });

  it('is a device inside a root', async () => {
    const devices = await openHouse({ parts: () => ({ roots: ['/dev' as BytePath] }) });
    await using _ = devices;
    const answer = await devices.ask('/api/v1/check', { json: { path: '/dev/zero' } });
    expect(answer.status).toBe(422);
  });

  it('stands in a root that is not there', async () => {
    const away = await openHouse({ parts: () => ({ roots: ['/nothing/here' as BytePath] }) });
    await using _ = away;
    expect(existsSync('/nothing/here')).toBe(false);
    expect((await away.ask('/api/v1/check', { json: { path: '/nothing/here/a.flac' } })).status).toBe(403);
  });
});

describe('an import', () => {
  it('takes folders, and roots that are links', async () => {
    for (const path of [at('album'), house.root, join(house.outside, 'linked-root')]) {
      expect((await house.ask('/api/v1/import', { json: { path } })).status).toBe(202);
    }
  });

  it('refuses the whole request for one path, and names it', async () => {
    const before = house.gate.imports.length;
    const files = [{ path: at('a.flac') }, { path: '/etc/passwd' }, { path: 'b' }];
    const answer = await house.ask('/api/v1/import', { json: { files } });
    expect(answer.status).toBe(403);
    const malformed = await house.ask('/api/v1/import', { json: { files: [files[0], files[2]] } });
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ message: 'files.1.path is not absolute.' });
    expect(house.gate.imports.length).toBe(before);
  });
});
