/** Who gets in, and how far. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '#config';
import { type Asked, type House, openHouse } from '../../test/support/http.ts';

let house: House;
let file: string;

beforeAll(async () => {
  house = await openHouse({
    parts: () => ({ proxies: { addresses: ['192.0.2.0/24'], userHeader: 'Remote-User' } }),
  });
  file = join(house.root, 'a.flac');
  writeFileSync(file, '');
});
afterAll(() => house[Symbol.asyncDispose]());

const get = {};
const post = { json: {} };

/** Every route with the scope that it takes; `any`: any token. */
const ROUTES: readonly (readonly [path: string, asked: Asked, scope: Scope | 'any'])[] = [
  ['/api/v1/check', post, 'check'],
  ['/api/v1/known?isrc=X', get, 'check'],
  ['/api/v1/import', post, 'import'],
  ['/api/v1/admit', post, 'admin'],
  ['/api/v1/jobs', get, 'jobs'],
  ['/api/v1/jobs/x', get, 'jobs'],
  ['/api/v1/jobs/requeue', post, 'jobs'],
  ['/api/v1/jobs/x/requeue', post, 'jobs'],
  ['/api/v1/events', { method: 'HEAD' }, 'events'],
  ['/api/v1/hooks/lidarr', post, 'hooks'],
  ['/api/v1/hooks/slskd', post, 'hooks'],
  ['/api/v1/hooks/generic', post, 'hooks'],
  ['/metrics', get, 'metrics'],
  ['/readyz', get, 'any'],
  ['/openapi.json', get, 'any'],
];
const SCOPES: readonly Scope[] = ['check', 'import', 'jobs', 'events', 'hooks', 'metrics', 'admin'];

describe('every route but /healthz', () => {
  it('stands in the list above', async () => {
    const { paths } = (await (await house.ask('/openapi.json')).json()) as { paths: object };
    const asked = ROUTES.map(([path]) => path.split('?')[0]?.replace('/x', '/{id}'));
    const free = ['/healthz', '/api/v1/tgmount_add_to_dedup_queue', '/api/v1/dedup_processed_file_webhook'];
    expect(Object.keys(paths).sort()).toEqual([...asked, ...free].sort());
  });

  it.each(ROUTES)('%s is shut without a token', async (path, asked) => {
    const answer = await house.ask(path, { ...asked, as: null });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it.each(ROUTES)('%s is shut with a wrong one', async (path, asked) => {
    for (const Authorization of [
      'Bearer nonsense',
      'Bearer ',
      'Basic !!!',
      `Digest ${house.secrets.admin}`,
      'Bearer',
    ]) {
      expect((await house.ask(path, { ...asked, as: null, headers: { Authorization } })).status).toBe(401);
    }
  });

  it.each(ROUTES)('%s opens with its scope and with no other', async (path, asked, scope) => {
    for (const shown of SCOPES) {
      const { status } = await house.ask(path, { ...asked, as: shown });
      const mayEnter = scope === 'any' || shown === scope || shown === 'admin';
      if (mayEnter) expect([200, 400, 404]).toContain(status);
      else expect(status).toBe(403);
    }
  });

  it('is shut where it does not exist, too', async () => {
    expect((await house.ask('/nothing', { as: null })).status).toBe(401);
    expect((await house.ask('/api/v1/check', { as: null, method: 'OPTIONS' })).status).toBe(401);
    expect((await house.ask('/nothing')).status).toBe(404);
  });
});

it('/healthz asks nothing of nobody', async () => {
  const answer = await house.ask('/healthz', { as: null });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ v: 1, status: 'ok' });
});

describe('a token', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each<[string, (secret: string) => Record<string, string>]>([
    ['as bearer', (secret) => ({ Authorization: `Bearer ${secret}` })],
    ['as bearer, in other letters', (secret) => ({ authorization: `bearer  ${secret}` })],
    ['as X-Api-Key', (secret) => ({ 'X-Api-Key': secret })],
    ['as a password', (secret) => ({ Authorization: basic(`anybody:${secret}`) })],
    ['as a password without a user', (secret) => ({ Authorization: basic(`:${secret}`) })],
    ['as a user without a password', (secret) => ({ Authorization: basic(`${secret}:`) })],
    ['as X-Api-Key beside credentials of a proxy', (s) => ({ 'X-Api-Key': s, Authorization: basic('me:mine') })],
  ])('is good %s', async (_, headersOf) => {
    const answer = await house.ask('/api/v1/jobs', { as: null, headers: headersOf(house.secrets.jobs) });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['its name', 'jobs'],
    ['its beginning', () => house.secrets.jobs.slice(0, -1)],
    ['more than it', () => `${house.secrets.jobs}x`],
    ['it in other letters', () => house.secrets.jobs.toUpperCase()],
  ])('is not %s', async (_, shown) => {
    const secret = typeof shown === 'string' ? shown : shown();
    expect((await house.ask('/api/v1/jobs', { as: null, headers: { 'X-Api-Key': secret } })).status).toBe(401);
  });

  it('is not taken from the address', async () => {
    for (const name of ['token', 'apikey', 'api_key', 'access_token']) {
      const path = `/api/v1/jobs?${name}=${house.secrets.jobs}`;
      expect((await house.ask(path, { as: null })).status).toBe(401);
    }
  });

  it('is good as soon as it is made, and dead as soon as it is revoked', async () => {
    const secret = await house.tokens.add('guest', ['jobs']);
    const asked = { as: null, headers: { 'X-Api-Key': secret } };
    expect((await house.ask('/api/v1/jobs', asked)).status).toBe(200);
    await house.tokens.revoke('guest');
    expect((await house.ask('/api/v1/jobs', asked)).status).toBe(401);
  });

  it('is good for nothing where the tokens cannot be read, and strangers are not told why', async () => {
    await using damaged = await openHouse();
    writeFileSync(join(damaged.root, '..', 'tokens.json'), 'no JSON');
    const answer = await damaged.ask('/api/v1/jobs');
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('tokens.json');
    expect(damaged.log.some((line) => line.includes('tokens.json is no list of tokens'))).toBe(true);
    expect((await damaged.ask('/healthz', { as: null })).status).toBe(200);
  });

  it('names who asked', async () => {
    await house.ask('/api/v1/import', { as: 'import', json: { path: file } });
    expect(house.gate.imports.at(-1)?.askedBy).toBe('http import');
  });
});

describe('a user that a proxy names', () => {
  const asUser = (name: string): Asked => ({ as: null, headers: { 'Remote-User': name } });

  it('is nobody where the proxy is not trusted', async () => {
    for (const headers of [
      { 'Remote-User': 'root' },
      { 'Remote-User': 'root', 'X-Forwarded-For': '192.0.2.1' },
      { 'Remote-User': 'root', 'X-Real-IP': '192.0.2.1', Forwarded: 'for=192.0.2.1' },
    ]) {
      expect((await house.ask('/api/v1/jobs', { as: null, headers })).status).toBe(401);
    }
  });

  it('changes nothing for whoever has a token', async () => {
    const headers = { 'Remote-User': 'root' };
    await house.ask('/api/v1/import', { as: 'import', headers, json: { path: file } });
    expect(house.gate.imports.at(-1)?.askedBy).toBe('http import');
    expect((await house.ask('/api/v1/jobs', { as: 'import', headers })).status).toBe(403);
  });

  it('may all but admit where it is trusted, and stands with jobs and in the log', async () => {
    await using trusting = await openHouse({
      parts: () => ({ proxies: { addresses: ['127.0.0.0/8'], userHeader: 'Remote-User' } }),
    });
    const path = join(trusting.root, 'a.flac');
    writeFileSync(path, '');
    expect((await trusting.ask('/api/v1/import', { ...asUser('Ann'), json: { path } })).status).toBe(202);
    expect(trusting.gate.imports.at(-1)?.askedBy).toBe('http Ann');
    expect(trusting.log.at(-1)).toContain('"caller":"Ann"');
    await trusting.ask('/api/v1/import', { ...asUser(Buffer.from('Zoë 王').toString('latin1')), json: { path } });
    expect(trusting.gate.imports.at(-1)?.askedBy).toBe('http Zoë 王');
    for (const [route, asked, scope] of ROUTES) {
      const { status } = await trusting.ask(route, { ...asked, ...asUser('Ann') });
      expect(status === 403).toBe(scope === 'admin');
    }
    for (const name of ['', ' ', 'x'.repeat(101)])
      expect((await trusting.ask('/api/v1/jobs', asUser(name))).status).toBe(401);
    expect((await trusting.ask('/api/v1/jobs', { as: null })).status).toBe(401);
  });
});

describe('pages of other sites', () => {
  it.each<[string, Record<string, string>]>([
    ['another origin', { Origin: 'https://evil.example' }],
    ['no origin that can be named', { Origin: 'null' }],
    ['a sister site', { 'Sec-Fetch-Site': 'same-site' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('with %s change nothing, whatever the browser remembers', async (_, headers) => {
    const before = house.gate.imports.length;
    const form = { method: 'POST', body: new URLSearchParams({ path: file }), headers };
    expect((await house.ask('/api/v1/import', form)).status).toBe(403);
    expect(house.gate.imports.length).toBe(before);
  });

  it('may not read either: no answer allows it', async () => {
    const answer = await house.ask('/api/v1/jobs', { headers: { Origin: 'https://evil.example' } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('are not pages of this server', async () => {
    const headers = { Origin: house.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await house.ask('/api/v1/import', { json: { path: file }, headers })).status).toBe(202);
  });
});

describe('answers', () => {
  it('are kept, framed and guessed at by nobody, and say which request they are to', async () => {
    for (const path of ['/healthz', '/api/v1/jobs', '/nothing']) {
      const { headers } = await house.ask(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

describe('the log', () => {
  it('has a line for each request, with who asked and what came of it', async () => {
    await house.ask('/api/v1/jobs/x?secret=sesame', { as: 'jobs' });
    expect(JSON.parse(house.log.at(-1) ?? '')).toMatchObject({
      ...{ event: 'http.answered', method: 'GET', route: '/api/v1/jobs/:id', status: 404, caller: 'jobs' },
      code: 'gate/no-job',
      address: '127.0.0.1',
    });
    expect(house.log.at(-1)).not.toContain('sesame');
  });

  it('never has a secret, not even where a bug prints one', async () => {
    const secret = house.secrets.admin;
    await house.ask(`/api/v1/jobs/${secret}`);
    await house.ask(`/${secret}`, { headers: { 'X-Api-Key': secret } });
    await house.ask('/api/v1/check', { json: { [secret]: secret } });
    await using broken = await openHouse();
    broken.gate.figures = async () => {
      throw new Error(`It broke on ${broken.secrets.metrics}.`);
    };
    const answer = await broken.ask('/metrics', { as: 'metrics' });
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ v: 1, code: 'http/bug', hint: null });
    expect(broken.log.find((line) => line.includes('http.failed'))).toContain('It broke on [secret].');
    for (const { log, secrets } of [house, broken]) {
      for (const secret of Object.values(secrets)) expect(log.filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});
