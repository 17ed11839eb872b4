/** A real store over real HTTP, as WebDAV clients ask it. */
import '../support/express-under-vitest.ts';
import { readdirSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noProgress } from '#kernel';
import { PosixError, ROOT, type Tree } from '#store';
import { serveWebdav } from '../../src/adapters/webdav/index.ts';
import { createStoreApp } from '../../src/main/store-app.ts';
import { createTestStore, openTestStore, type TestStore } from '../support/store.ts';
import { noise } from '../support/store-songs.ts';
import { makeWebdavPlace, serveHere, type WebdavHere, type WebdavPlace } from '../support/webdav-server.ts';

const app = createStoreApp();
const never = { signal: new AbortController().signal, progress: noProgress };
const SONG = Buffer.from(noise(300_000, 1));

let place: WebdavPlace;
let server: WebdavHere;
beforeEach(async () => {
  place = await makeWebdavPlace();
  server = await serveHere(place.store);
});
afterEach(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

type Body = NonNullable<RequestInit['body']>;

function ask(method: string, name: string, options: Omit<RequestInit, 'method'> = {}): Promise<Response> {
  return fetch(new URL(name, server.url), {
    method,
    ...options,
    ...(options.body && { duplex: 'half' }),
  } as RequestInit);
}

async function statusOf(method: string, name: string, options: Omit<RequestInit, 'method'> = {}): Promise<number> {
  const response = await ask(method, name, options);
  await response.arrayBuffer();
  return response.status;
}

const put = (name: string, body: string | Uint8Array): Promise<number> => statusOf('PUT', name, { body: body as Body });
const to = (name: string, more: Record<string, string> = {}): Omit<RequestInit, 'method'> => ({
  headers: { Destination: new URL(name, server.url).href, ...more },
});

async function get(name: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const response = await ask('GET', name, { headers });
  expect([200, 206]).toContain(response.status);
  return Buffer.from(await response.arrayBuffer());
}

/** The paths that a folder tells of. */
async function list(name = '/', depth = '1'): Promise<string[]> {
  const response = await ask('PROPFIND', name, { headers: { Depth: depth } });
  expect(response.status).toBe(207);
  const hrefs = [...(await response.text()).matchAll(/<response>\s*<href>([^<]*)<\/href>/g)];
  return hrefs.map(([, href]) => decodeURIComponent(new URL(href as string).pathname)).sort();
}

/** A property, as the text between its tags; undefined where it is not told. */
async function property(name: string, wanted: string): Promise<string | undefined> {
  const body = `<propfind xmlns="DAV:"><prop><${wanted}/></prop></propfind>`;
  const response = await ask('PROPFIND', name, { headers: { Depth: '0', 'Content-Type': 'text/xml' }, body });
  return new RegExp(`<${wanted}(?: [^>]*)?>([^<]*)</`).exec(await response.text())?.[1];
}

/** What a closed store says. */
async function verified(): Promise<readonly unknown[]> {
  const { hit, problems } = await app.verify(place.store, { ...never, readData: true });
  return [...hit, ...problems];
}

async function restart(): Promise<void> {
  await server.stop();
  expect(await verified()).toEqual([]);
  server = await serveHere(place.store);
}

function withTree<T>(work: (store: TestStore) => T): T {
  using store = openTestStore(place.store, { nowNs: () => BigInt(Date.now()) * 1_000_000n });
  const result = work(store);
  store.tree.settle();
  return result;
}

describe('files', () => {
  it('are put, told of, read and replaced', async () => {
    expect(await put('song.mp3', SONG)).toBe(201);
    expect((await get('song.mp3')).equals(SONG)).toBe(true);
    expect(await list()).toEqual(['/', '/song.mp3']);
    expect(await property('song.mp3', 'getcontentlength')).toBe('300000');
    expect(await property('song.mp3', 'getcontenttype')).toBe('audio/mpeg');
    expect(await property('song.mp3', 'displayname')).toBe('song.mp3');
    const head = await ask('HEAD', 'song.mp3');
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '300000', '']);
    expect(await property('song.mp3', 'getetag')).toBe(head.headers.get('ETag'));
    expect(new Date((await property('song.mp3', 'getlastmodified')) as string).toUTCString()).toBe(
      head.headers.get('Last-Modified'),
    );

    expect(await put('song.mp3', 'shorter')).toBe(204);
    expect(String(await get('song.mp3'))).toBe('shorter');
    expect((await ask('HEAD', 'song.mp3')).headers.get('ETag')).not.toBe(head.headers.get('ETag'));
    await restart();
    expect(String(await get('song.mp3'))).toBe('shorter');
    expect(await list()).toEqual(['/', '/song.mp3']);
  });

  it('keep what else is known of them when they are replaced', async () => {
    await server.stop();
    withTree(({ tree }) => {
      const { id } = tree.make(ROOT, 'a', { kind: 'file', mode: 0o600, uid: 7, gid: 8 });
      tree.setAttribute(id, 'user.mood', Buffer.from('blue'));
      tree.change(ROOT, { uid: 5, gid: 6 });
    });
    server = await serveHere(place.store);
    expect(await put('a', 'new')).toBe(204);
    expect(await put('b', 'new')).toBe(201);
    await server.stop();
    withTree(({ tree }) => {
      const [a, b] = ['a', 'b'].map((name) => tree.lookup(ROOT, name));
      expect(a).toMatchObject({ mode: 0o600, uid: 7, gid: 8, size: 3 });
      expect(String(tree.getAttribute(a?.id ?? 0, 'user.mood'))).toBe('blue');
      expect(b).toMatchObject({ mode: 0o644, uid: 5, gid: 6 });
    });
    server = await serveHere(place.store);
  });

  it.each([
    ['bytes=0-0', 206, 0, 1],
    ['bytes=1000-1999', 206, 1000, 2000],
    ['bytes=299990-', 206, 299_990, 300_000],
    ['bytes=-10', 206, 299_990, 300_000],
    ['bytes=299990-999999', 206, 299_990, 300_000],
    // A server may answer with all of it.
    ['bytes=0-1,5-9', 200, 0, 300_000],
  ])('are read in part: %s', async (range, status, start, end) => {
    await put('song.mp3', SONG);
    const response = await ask('GET', 'song.mp3', { headers: { Range: range } });
    expect(response.status).toBe(status);
    expect(Buffer.from(await response.arrayBuffer()).equals(SONG.subarray(start, end))).toBe(true);
    if (status === 206) expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${end - 1}/300000`);
  });

  it('are not read where they do not reach', async () => {
    await put('song.mp3', SONG);
    expect(await statusOf('GET', 'song.mp3', { headers: { Range: 'bytes=300000-' } })).toBe(416);
    await put('empty', '');
    expect(await get('empty')).toEqual(Buffer.alloc(0));
  });

  it('are read by many at once, and to the end though they are replaced and removed meanwhile', async () => {
    await put('song.mp3', SONG);
    const responses = await Promise.all(Array.from({ length: 8 }, () => ask('GET', 'song.mp3')));
    expect(await put('song.mp3', 'new')).toBe(204);
    expect(await statusOf('DELETE', 'song.mp3')).toBe(204);
    for (const response of responses) expect(Buffer.from(await response.arrayBuffer()).equals(SONG)).toBe(true);
    expect(await statusOf('GET', 'song.mp3')).toBe(404);
  });

  it('are told unchanged to who has them', async () => {
    await put('song.mp3', SONG);
    const tag = (await ask('HEAD', 'song.mp3')).headers.get('ETag') as string;
    // What fetch would send beside it says that a copy is not wanted.
    const { answer } = await raw('GET', '/song.mp3', { 'If-None-Match': tag });
    expect([answer.statusCode, answer.headers.etag]).toEqual([304, tag]);
    expect(await statusOf('PUT', 'song.mp3', { headers: { 'If-Match': '"other"' }, body: 'x' })).toBe(412);
    expect(await statusOf('PUT', 'song.mp3', { headers: { 'If-None-Match': '*' }, body: 'x' })).toBe(412);
    expect((await get('song.mp3', { 'If-Range': '"other"', Range: 'bytes=0-9' })).length).toBe(300_000);
  });

  it('are given a time by who copies them', async () => {
    expect(await statusOf('PUT', 'a', { headers: { 'X-OC-Mtime': '1500000000' }, body: 'a' })).toBe(201);
    expect(await property('a', 'getlastmodified')).toBe('Fri, 14 Jul 2017 02:40:00 GMT');
    const time = 'Sat, 01 Feb 2020 03:04:05 GMT';
    const body =
      '<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop>' +
      `<Z:Win32LastModifiedTime>${time}</Z:Win32LastModifiedTime></D:prop></D:set></D:propertyupdate>`;
    expect(await statusOf('PROPPATCH', 'a', { headers: { 'Content-Type': 'text/xml' }, body })).toBe(207);
    expect(await property('a', 'getlastmodified')).toBe(time);
  });

  it('keep properties that clients give them, where they go', async () => {
    await put('a', 'a');
    const set = (prop: string): string =>
      `<propertyupdate xmlns="DAV:"><set><prop>${prop}</prop></set></propertyupdate>`;
    const patch = (prop: string): Promise<number> =>
      statusOf('PROPPATCH', 'a', { headers: { 'Content-Type': 'text/xml' }, body: set(prop) });
    expect(await patch('<mood xmlns="urn:x">blue</mood>')).toBe(207);
    expect(await patch('<x:constructor xmlns:x="urn:x"><x:a>green</x:a></x:constructor>')).toBe(207);
    await statusOf('MOVE', 'a', to('b'));
    await statusOf('COPY', 'b', to('c'));
    await put('b', 'new');
    await restart();
    for (const name of ['b', 'c']) {
      const all = await (await ask('PROPFIND', name, { headers: { Depth: '0' } })).text();
      expect(all).toContain('blue</mood>');
      expect(all).toContain('green</x:a>');
    }
    // What the store itself says is not theirs to set.
    const refused = await ask('PROPPATCH', 'b', {
      headers: { 'Content-Type': 'text/xml' },
      body: set('<getetag>x</getetag>'),
    });
    expect(await refused.text()).toContain('403 Forbidden');
  });
});

describe('folders', () => {
  it('are made, filled and removed with all that lies in them', async () => {
    expect(await statusOf('MKCOL', 'a')).toBe(201);
    expect(await statusOf('MKCOL', 'a/b/')).toBe(201);
    expect(await put('a/b/c', 'c')).toBe(201);
    expect(await statusOf('MKCOL', 'a')).toBe(405);
    expect(await statusOf('MKCOL', 'x/y')).toBe(409);
    expect(await put('x/y', '')).toBe(409);
    expect(await put('a/b', 'a folder')).toBe(405);
    expect(await list('a')).toEqual(['/a/', '/a/b/']);
    expect(await statusOf('DELETE', 'a')).toBe(204);
    expect(await list()).toEqual(['/']);
    expect(await statusOf('DELETE', 'a')).toBe(404);
    expect(await statusOf('DELETE', '/')).toBe(403);
  });

  it('are moved in one step, with all that lies in them', async () => {
    await statusOf('MKCOL', 'a');
    await put('a/song', SONG);
    const tag = await property('a/song', 'getetag');
    expect(await statusOf('MOVE', 'a', to('b'))).toBe(201);
    expect(await list('b')).toEqual(['/b/', '/b/song']);
    expect(await property('b/song', 'getetag')).toBe(tag);
    expect(await statusOf('MOVE', 'b', to('b/c'))).toBe(403);
    expect(await statusOf('MOVE', 'b', to('x/y'))).toBe(409);
    await statusOf('MKCOL', 'c');
    await put('c/old', 'old');
    expect(await statusOf('MOVE', 'b', to('c', { Overwrite: 'F' }))).toBe(412);
    expect(await statusOf('MOVE', 'b', to('c'))).toBe(204);
    expect(await list('c')).toEqual(['/c/', '/c/song']);
    expect(await list()).toEqual(['/', '/c/']);
  });

  it('are copied, and what stands in their way goes', async () => {
    await statusOf('MKCOL', 'a');
    await put('a/song', SONG);
    await put('there', 'a file');
    expect(await statusOf('COPY', 'a', to('there', { Overwrite: 'F' }))).toBe(412);
    expect(await statusOf('COPY', 'a', to('there'))).toBe(204);
    expect((await get('there/song')).equals(SONG)).toBe(true);
    expect(await statusOf('COPY', 'a', to('a/b'))).toBe(403);
    expect(await statusOf('COPY', 'a', to('a'))).toBe(403);
    expect(await statusOf('COPY', 'a', to('bare', { Depth: '0' }))).toBe(201);
    expect(await list('bare')).toEqual(['/bare/']);
    expect(await statusOf('COPY', 'a/song', to('http://elsewhere.example/song'))).toBe(502);
    await restart();
    expect((await get('there/song')).equals(SONG)).toBe(true);
  });

  it('are listed however much lies in them, and never all the store at once', async () => {
    await server.stop();
    withTree(({ tree }) => {
      const { id } = tree.mkdir(ROOT, 'many', { mode: 0o755, uid: 0, gid: 0 });
      for (let n = 0; n < 1000; n++) tree.make(id, `${n}`, { kind: 'file', mode: 0o644, uid: 0, gid: 0 });
    });
    server = await serveHere(place.store);
    const all = await list('many');
    expect(all.length).toBe(1001);
    expect(new Set(all).size).toBe(1001);
    for (const depth of ['infinity', undefined]) {
      const headers = depth === undefined ? {} : { Depth: depth };
      const response = await ask('PROPFIND', '/', { headers });
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('propfind-finite-depth')]);
    }
    expect(await statusOf('DELETE', 'many')).toBe(204);
    expect(await list()).toEqual(['/']);
  });

  it('tell how much room there is', async () => {
    await put('song', SONG);
    expect(Number(await property('/', 'quota-used-bytes'))).toBeGreaterThanOrEqual(SONG.length);
    expect(Number(await property('/', 'quota-available-bytes'))).toBeGreaterThan(0);
  });
});

describe('names', () => {
  it.each(['ü%20 & <b>.mp3', '50% off', "it's (new) [1].ogg", '日本', '𝄞', 'a#b?c', 'e\u0301', '%FF'])(
    'are any: %s',
    async (name) => {
      const encoded = encodeURIComponent(name);
      expect(await put(encoded, 'x')).toBe(201);
      expect(await list()).toEqual(['/', `/${name}`]);
      expect(String(await get(encoded))).toBe('x');
      expect(await statusOf('DELETE', encoded)).toBe(204);
    },
  );

  it('that are not UTF-8 or no XML are shown, and found again', async () => {
    const FOREIGN = Buffer.from('caf\xe9 \xf0\x9f.mp3', 'latin1');
    await server.stop();
    withTree(({ tree }) => {
      for (const name of [FOREIGN, Buffer.from('bell\x07'), Buffer.from('plain')]) {
        const { id } = tree.make(ROOT, name, { kind: 'file', mode: 0o644, uid: 0, gid: 0 });
        tree.write(id, 0, name);
      }
    });
    server = await serveHere(place.store);
    expect(await list()).toEqual(['/', '/bell\x07', '/caf%E9 %F0%9F.mp3', '/plain']);
    const shown = encodeURIComponent('caf%E9 %F0%9F.mp3');
    expect((await get(shown)).equals(FOREIGN)).toBe(true);
    expect(await put(shown, 'new')).toBe(204);
    expect(await statusOf('MOVE', shown, to('folderless'))).toBe(201);
    expect(await statusOf('MOVE', 'folderless', to(shown))).toBe(201);
    // A name that really is so comes first.
    expect(await list()).toContain('/caf%E9 %F0%9F.mp3');
    await server.stop();
    withTree(({ tree }) => expect(tree.lookup(ROOT, 'caf%E9 %F0%9F.mp3').size).toBe(3));
    server = await serveHere(place.store);
  });

  it.each([
    ['GET', '/%', 400],
    ['GET', '/%E9', 400],
    ['GET', '/a%00b', 400],
    ['GET', '/a%2Fb', 400],
    ['DELETE', '/a#b', 400],
    ['PUT', `/${'x'.repeat(256)}`, 400],
    ['GET', `/${'x'.repeat(256)}`, 404],
    ['GET', '/../../etc/passwd', 400],
    ['GET', '/%2e%2e/%2e%2e/etc/passwd', 404],
    ['PROPFIND', '//elsewhere.example/x', 404],
    ['PUT', '/.reprise-uploads', 403],
    ['MKCOL', '/.reprise-uploads', 403],
  ])('that lead nowhere: %s %s is %i', async (method, target, status) => {
    const { answer } = await raw(method, target, { 'Content-Length': '0', Depth: '0' });
    expect(answer.statusCode).toBe(status);
  });

  it('of links, pipes and devices are not shown, not replaced, and go with their folder', async () => {
    await server.stop();
    withTree(({ tree }) => {
      const { id } = tree.mkdir(ROOT, 'a', { mode: 0o755, uid: 0, gid: 0 });
      tree.symlink(id, 'link', 'pipe', { uid: 0, gid: 0 });
      tree.make(id, 'pipe', { kind: 'fifo', mode: 0o644, uid: 0, gid: 0 });
    });
    server = await serveHere(place.store);
    expect(await list('a')).toEqual(['/a/']);
    for (const name of ['a/link', 'a/pipe']) {
      expect(await statusOf('GET', name)).toBe(404);
      expect(await put(name, 'x')).toBe(403);
      expect(await statusOf('MKCOL', name)).toBe(405);
    }
    await put('b', 'b');
    expect([403, 207]).toContain(await statusOf('MOVE', 'b', to('a/link')));
    expect(String(await get('b'))).toBe('b');
    expect(await statusOf('DELETE', 'a')).toBe(204);
    expect(await list()).toEqual(['/', '/b']);
  });
});

/** A request that is sent as it stands, and may be left unfinished. */
function raw(
  method: string,
  target: string,
  headers: Record<string, string> = {},
): Promise<{ readonly answer: IncomingMessage; readonly body: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ hostname, port, method, path: target, headers }, (answer) => {
      text(answer).then((body) => resolve({ answer, body }), reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('locks', () => {
  const LOCK =
    '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype><owner>me</owner></lockinfo>';
  async function lock(name: string): Promise<string> {
    const response = await ask('LOCK', name, {
      headers: { 'Content-Type': 'text/xml', Timeout: 'Second-600' },
      body: LOCK,
    });
    expect([200, 201]).toContain(response.status);
    await response.text();
    return response.headers.get('Lock-Token') as string;
  }

  it('keep others out, and go with what they lock', async () => {
    await statusOf('MKCOL', 'a');
    await put('a/song', 'old');
    const token = await lock('a/song');
    expect(await put('a/song', 'new')).toBe(423);
    expect(await statusOf('DELETE', 'a')).not.toBe(204);
    expect(await statusOf('MOVE', 'a/song', to('b'))).toBe(423);
    expect(String(await get('a/song'))).toBe('old');
    const mine = { If: `(${token})` };
    expect(await statusOf('PUT', 'a/song', { headers: mine, body: 'new' })).toBe(204);
    expect(await statusOf('MOVE', 'a/song', to('b', mine))).toBe(201);
    expect(await put('b', 'free')).toBe(204);
    const again = await lock('b');
    expect(await statusOf('UNLOCK', 'b', { headers: { 'Lock-Token': again } })).toBe(204);
    expect(await statusOf('UNLOCK', 'b', { headers: { 'Lock-Token': again } })).toBe(409);
    expect(await put('b', 'free')).toBe(204);
  });

  it('come before a file, as Explorer does it', async () => {
    expect(await put('new.mp3', '')).toBe(201);
    const token = await lock('new.mp3');
    const mine = { If: `(${token})` };
    expect(await statusOf('PUT', 'new.mp3', { headers: mine, body: SONG as Body })).toBe(204);
    const body =
      '<D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop>' +
      '<Z:Win32CreationTime>Sat, 01 Feb 2020 03:04:05 GMT</Z:Win32CreationTime>' +
      '<Z:Win32LastModifiedTime>Sat, 01 Feb 2020 03:04:05 GMT</Z:Win32LastModifiedTime>' +
      '<Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>';
    expect(await statusOf('PROPPATCH', 'new.mp3', { headers: { ...mine, 'Content-Type': 'text/xml' }, body })).toBe(
      207,
    );
    expect(await statusOf('UNLOCK', 'new.mp3', { headers: { 'Lock-Token': token } })).toBe(204);
    expect((await get('new.mp3')).equals(SONG)).toBe(true);
  });

  it('make an empty file of a name, as Finder does it, which then sends no length', async () => {
    const token = await lock('finder.mp3');
    expect(await list()).toEqual(['/', '/finder.mp3']);
    const pieces = new ReadableStream({
      start(controller) {
        for (let at = 0; at < SONG.length; at += 70_000) controller.enqueue(SONG.subarray(at, at + 70_000));
        controller.close();
      },
    });
    const headers = { If: `(${token})`, 'X-Expected-Entity-Length': String(SONG.length) };
    expect(await statusOf('PUT', 'finder.mp3', { headers, body: pieces as Body })).toBe(204);
    expect((await get('finder.mp3')).equals(SONG)).toBe(true);
  });
});

/** Sends some of a file and then waits. */
async function sendHalf(name: string): Promise<ClientRequest> {
  const { hostname, port } = new URL(server.url);
  const asked = httpRequest({
    hostname,
    port,
    method: 'PUT',
    path: `/${name}`,
    headers: { 'Content-Length': '600000' },
  });
  asked.on('error', () => undefined);
  await new Promise<void>((resolve) => asked.write(SONG, () => resolve()));
  // It is there as soon as there is somewhere to put it.
  while (readdirSync(path.join(place.store, 'raw')).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return asked;
}

describe('an upload that is cut off', () => {
  it('leaves the old file as it was, and nothing else', async () => {
    await put('song', 'old');
    await server.stop();
    server = await serveHere(place.store);
    const asked = await sendHalf('song');
    expect(await list()).toEqual(['/', '/song']);
    asked.destroy();
    expect(String(await get('song'))).toBe('old');
    expect(await put('song', 'other')).toBe(204);
    await restart();
    expect(String(await get('song'))).toBe('other');
    expect(server.troubles).toEqual([]);
    await server.stop();
    withTree(({ tree }) =>
      expect(tree.list(ROOT, 0, 10).map(({ name }) => Buffer.from(name).toString())).toEqual(['song']),
    );
    server = await serveHere(place.store);
  });

  it('does not keep the server from ending', async () => {
    await sendHalf('song');
    await restart();
    expect(await list()).toEqual(['/']);
    expect(readdirSync(path.join(place.store, 'raw'))).toEqual([]);
  });
});

describe('what a request must not do', () => {
  it.each<[string, string, Record<string, string>, number]>([
    ['a page that leads its own name here', 'GET', { Host: 'evil.example' }, 403],
    ['a page of another site', 'PUT', { Origin: 'http://evil.example', 'Content-Length': '0' }, 403],
    ['a page of a site that hides itself', 'DELETE', { Origin: 'null' }, 403],
    ['a form of another site', 'POST', { 'Sec-Fetch-Site': 'cross-site', 'Content-Length': '0' }, 403],
    ['no host that could be', 'GET', { Host: 'a b' }, 400],
    ['a part of a file', 'PUT', { 'Content-Range': 'bytes 0-0/5', 'Content-Length': '0' }, 400],
    ['bytes in disguise', 'PUT', { 'Content-Encoding': 'gzip', 'Content-Length': '0' }, 415],
    ['a list without end', 'PROPFIND', { 'Transfer-Encoding': 'chunked' }, 411],
    ['a list too long', 'PROPFIND', { 'Content-Length': '100000' }, 413],
    ['conditions that lead astray', 'PUT', { If: `(${'"a"'.repeat(2000)}`, 'Content-Length': '0' }, 400],
    ['what nobody knows', 'BREW', {}, 400],
    ['what this server does not do', 'REPORT', {}, 501],
    ['to read it out of another site', 'OPTIONS', { Origin: 'http://evil.example' }, 403],
  ])('%s', async (_, method, headers, status) => {
    const { hostname, port } = new URL(server.url);
    const lines = Object.entries({ Host: `${hostname}:${port}`, Connection: 'close', ...headers });
    const socket = connect(Number(port), hostname);
    socket.write(`${method} /x HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await list()).toEqual(['/']);
    expect(server.troubles).toEqual([]);
  });

  it('is answered by what it is, XML or not', async () => {
    const headers = { Depth: '1', 'Content-Type': 'text/xml' };
    expect(await statusOf('PROPFIND', '/', { headers, body: '<propfind' })).toBe(400);
    expect(await statusOf('PROPFIND', '/', { headers, body: '<D:propfind xmlns:D=""/>' })).toBe(400);
    const bomb = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(1000)}">]><propfind xmlns="DAV:"><prop>&a;</prop></propfind>`;
    expect(await statusOf('PROPFIND', '/', { headers, body: bomb })).toBe(400);
    const several =
      '<D:propfind xmlns:D="DAV:" xmlns:odd="urn:&quot;&gt;"><D:prop><D:getetag/><odd:x/></D:prop></D:propfind>';
    await put('a', 'a');
    const response = await ask('PROPFIND', '/', { headers, body: several });
    expect([response.status, (await response.text()).match(/<\/multistatus>/g)?.length]).toEqual([207, 1]);
    expect(server.troubles).toEqual([]);
  });

  it('an answer is nothing that a browser would run', async () => {
    await put('page.html', '<script>alert(1)</script>');
    const { headers } = await ask('GET', 'page.html');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Content-Security-Policy')).toContain('sandbox');
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
  });
});

describe('a password', () => {
  const basic = (password: string): Record<string, string> => ({
    Authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}`,
  });

  it('is a must wherever others could come from', async () => {
    await server.stop();
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.org'])
      await expect(serveHere(place.store, { host })).rejects.toMatchObject({
        code: 'store/no-password',
        kind: 'refused',
      });
    server = await serveHere(place.store);
  });

  it('lets in who knows it, under whatever name, and nobody else', async () => {
    await server.stop();
    server = await serveHere(place.store, { host: '0.0.0.0', password: 'öpen sesame' });
    const { port } = new URL(server.url);
    const url = `http://127.0.0.1:${port}/a`;
    for (const headers of [
      {},
      basic(''),
      basic('Open sesame'),
      { Authorization: 'Basic' },
      { Authorization: 'Bearer x' },
    ]) {
      const refused = await fetch(url, { method: 'PUT', headers: headers as Record<string, string>, body: 'x' });
      expect([refused.status, refused.headers.get('WWW-Authenticate')]).toEqual([
        401,
        expect.stringContaining('Basic'),
      ]);
    }
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(401);
    expect((await fetch(url, { method: 'PUT', headers: basic('öpen sesame'), body: 'x' })).status).toBe(201);
    expect(await (await fetch(url, { headers: basic('öpen sesame') })).text()).toBe('x');
  });

  it('is asked for before a body is sent by who waits for that', async () => {
    await server.stop();
    server = await serveHere(place.store, { password: 'open sesame' });
    const { hostname, port } = new URL(server.url);
    const asked = httpRequest({
      ...{ hostname, port, method: 'PUT', path: '/a' },
      headers: { 'Content-Length': '1000000', Expect: '100-continue' },
    });
    let isTold = false;
    asked.on('continue', () => {
      isTold = true;
    });
    asked.flushHeaders();
    const answer = await new Promise<IncomingMessage>((resolve) => asked.once('response', resolve));
    expect([answer.statusCode, isTold]).toEqual([401, false]);
    asked.on('error', () => undefined).destroy();
  });
});

describe('trouble', () => {
  it('with a file costs requests for that file alone', async () => {
    await put('good', 'good');
    await put('bad', SONG);
    await statusOf('MKCOL', 'folder');
    await server.stop();
    withTree((store) => {
      const bad = store.deduplicate(store.tree.lookup(ROOT, 'bad').id);
      expect(bad.isRaw).toBe(false);
      // A byte of its first block, and with it what follows is right.
      const pack = store.parts.files.names('packs')[0];
      store.parts.files.write(`packs/${pack}`, 100, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    });
    server = await serveHere(place.store);
    const response = await ask('GET', 'bad');
    expect([response.status, response.headers.get('ETag')]).toEqual([500, null]);
    expect(await response.text()).not.toContain('at ');
    expect(server.troubles).toEqual([expect.stringMatching(/^GET \/bad: Blob 1 is damaged/)]);
    // What is whole of it can be read; where it stops being whole the connection does, too.
    expect((await get('bad', { Range: 'bytes=100000-199999' })).equals(SONG.subarray(100_000, 200_000))).toBe(true);
    expect(await statusOf('COPY', 'bad', to('copied'))).toBe(207);
    expect(await list()).toEqual(['/', '/bad', '/folder/', '/good']);
    expect(String(await get('good'))).toBe('good');
    expect(await put('bad', 'mended')).toBe(204);
    expect(String(await get('bad'))).toBe('mended');
  });

  it('in the middle of a file is no end of the file', async () => {
    await put('bad', SONG);
    await server.stop();
    withTree((store) => {
      store.deduplicate(store.tree.lookup(ROOT, 'bad').id);
      const pack = store.parts.files.names('packs')[0];
      store.parts.files.write(`packs/${pack}`, 290_000, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    });
    server = await serveHere(place.store);
    const response = await ask('GET', 'bad');
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await list()).toEqual(['/', '/bad']);
  });

  it.each<[string, 'write' | 'list' | 'rename' | 'mkdir', PosixError['code'], string, number]>([
    ['a full disk', 'write', 'ENOSPC', 'PUT', 507],
    ['a disk that fails', 'write', 'EIO', 'PUT', 500],
    ['a damaged folder', 'list', 'EIO', 'PROPFIND', 500],
    ['a store that cannot be written', 'rename', 'EACCES', 'PUT', 403],
    ['a store that somebody else writes to', 'mkdir', 'EBUSY', 'MKCOL', 503],
  ])('is told as what it is: %s', async (_, act, code, method, status) => {
    using store = createTestStore();
    let isBroken = true;
    const broken = ((...given: never[]) => {
      if (isBroken) throw new PosixError(code);
      return (store.tree[act] as (...args: never[]) => unknown)(...given);
    }) as Tree[typeof act];
    const troubles: string[] = [];
    const other = await serveWebdav(
      {
        tree: { ...store.tree, [act]: broken },
        quota: () => ({ availableBytes: 1, usedBytes: 1 }),
        onWritten: () => undefined,
        onTrouble: (message) => void troubles.push(message),
      },
      { host: '127.0.0.1', port: 0, password: undefined },
    );
    try {
      const target = method === 'PROPFIND' ? other.url : `${other.url}x`;
      const send = async (): Promise<number> => {
        const body = method === 'PUT' ? 'x' : null;
        const response = await fetch(target, { method, headers: { Depth: '1' }, body });
        await response.text();
        return response.status;
      };
      expect(await send()).toBe(status);
      expect(troubles.length).toBe(status === 500 ? 1 : 0);
      isBroken = false;
      expect([201, 207]).toContain(await send());
    } finally {
      await other.close();
    }
  });
});

it('a file is on the disk, bytes before name, when its upload is answered', async () => {
  const done: string[] = [];
  using store = createTestStore({
    wrap: (files) => ({
      ...files,
      sync: (name) => {
        files.sync(name);
        done.push(name.startsWith('raw/') ? 'bytes synced' : 'other');
      },
    }),
    wrapDatabase: (database) => ({
      ...database,
      addEntry: (...given) => {
        database.addEntry(...given);
        if (Buffer.from(given[1]).toString() === 'song') done.push('named');
      },
      sync: () => {
        database.sync();
        done.push('tables synced');
      },
    }),
  });
  const { tree } = store;
  const unheard = { quota: () => ({ availableBytes: 1, usedBytes: 1 }), onTrouble: () => undefined };
  const other = await serveWebdav(
    { tree, ...unheard, onWritten: () => undefined },
    { host: '127.0.0.1', port: 0, password: undefined },
  );
  const response = await fetch(`${other.url}song`, { method: 'PUT', body: 'x' });
  expect([response.status, ...done]).toEqual([201, 'bytes synced', 'named', 'tables synced']);
  await other.close();
});

it('a store is served once, and not repaired meanwhile', async () => {
  await expect(serveHere(place.store)).rejects.toMatchObject({ code: 'store/served' });
  await expect(app.repair(place.store, { ...never, dryRun: false })).rejects.toMatchObject({ code: 'store/locked' });
});

it('what was put and left alone is shared', async () => {
  await put('one', SONG);
  await put('two', SONG);
  while (readdirSync(path.join(place.store, 'raw')).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 200));
  for (const name of ['one', 'two']) expect((await get(name)).equals(SONG)).toBe(true);
  await server.stop();
  const { uniqueBytes, rawFiles } = await app.usage(place.store, never);
  expect({ uniqueBytes, rawFiles }).toEqual({ uniqueBytes: SONG.length, rawFiles: 0 });
  server = await serveHere(place.store);
});
