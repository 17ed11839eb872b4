/**
 * Every route of the app's own document, asked what the document allows and what it does not. Whatever is asked, the answer
 * is one that the document names, never a 500, and trouble is a problem with a code.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Gate } from '#gate';
import type { BytePath } from '#kernel';
import { openHouse } from '../../test/support/http.ts';
import { misfits, type OpenApi, requestsOf } from '../../test/support/openapi-requests.ts';
import { inboxAt, openRealGate, type RealGate } from '../../test/support/real-gate.ts';

/** What the gate was handed. */
const handed: BytePath[] = [];
let real: RealGate | undefined;
const house = await openHouse({
  parts: async ({ root, data }) => {
    const inbox = `${root}/inbox` as BytePath;
    real = await openRealGate({ data, roots: [], inboxes: [inboxAt(inbox)] });
    return {
      compat: { inbox: 'downloads', folder: inbox, allowFrom: ['127.0.0.1'] },
      gate: listening(real.gate),
    };
  },
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await real?.[Symbol.asyncDispose]();
});

function listening(gate: Gate): Gate {
  return {
    ...gate,
    check: (path, options) => {
      handed.push(path);
      return gate.check(path, options);
    },
    enqueue: (request) => {
      handed.push(...request.files.map(({ path }) => path));
      return gate.enqueue(request);
    },
  };
}

const at = (...parts: string[]): string => join(house.root, ...parts);
for (const name of ['a.flac', 'inbox/11 song.flac']) writeFileSync(at(name), 'no sound');
mkdirSync(at('album'));
symlinkSync(house.outside, at('way-out'));
execFileSync('mkfifo', [at('pipe')]);

const { id: job } = (await (await house.ask('/api/v1/import', { json: { path: at('a.flac') } })).json()) as {
  id: string;
};

const PATHS: readonly string[] = [
  ...['a.flac', 'album', 'inbox', 'inbox/11 song.flac', 'way-out', 'way-out/x', 'pipe', 'nothing', '.', '..'].map(
    (name) => at(name),
  ),
  ...[
    '/',
    '',
    '/etc/passwd',
    '/dev/zero',
    '/proc/self/environ',
    `${house.root}/../outside`,
    at('a\0b'),
    at('\udcff'),
    at('\ud800'),
  ],
  ...[
    at('x'.repeat(300)),
    `/${'x/'.repeat(3000)}`,
    '11 song.flac',
    '../a.flac',
    'http://127.0.0.1:1/',
    'file:///etc/passwd',
  ],
];
const LIDARR: readonly string[] = ['Test', 'Download', 'Rename', 'Retag', 'Grab'];
const SLSKD: readonly string[] = ['DownloadFileComplete', 'DownloadDirectoryComplete', 'new', 'duplicate', 'Other'];

/** What a field would really hold, and what nobody should send. */
function strings(name: string): fc.Arbitrary<string> {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...PATHS, '\0', '__proto__', '0', '-1', 'AQAA', '1e999'),
  );
  const path = fc.constantFrom(...PATHS);
  const bytes = fc.oneof(
    path.map((text) => Buffer.from(text).toString('base64')),
    odd,
  );
  switch (name) {
    case 'eventType':
      return fc.oneof(fc.constantFrom(...LIDARR), odd);
    case 'type':
      return fc.oneof(fc.constantFrom(...SLSKD), odd);
    case 'pathBase64':
      return bytes;
    case 'id':
    case 'idempotency-key':
      return fc.oneof(fc.constantFrom(job, 'one'), odd);
    case 'wait':
      return fc.constantFrom('0', '0.01', '1e3', 'x', '');
    default:
      return fc.oneof(path, odd);
  }
}

const document = (await (await house.ask('/openapi.json')).json()) as OpenApi;

describe('whatever is asked of', () => {
  it.each(requestsOf(document, strings))(
    '%s, the answer is one of those that the document names',
    async (_, operation, asking) => {
      // Node answers 431 by itself where all headers together are too long.
      const documented = [...Object.keys(operation.responses).map(Number), 431];
      await fc.assert(
        fc.asyncProperty(asking, async ({ method, path, headers, body }) => {
          const gone = new AbortController();
          const asked = {
            method,
            headers,
            signal: gone.signal,
            ...(body !== undefined && { body: Buffer.from(body) }),
          };
          const answer = await house.ask(path, asked);
          expect(documented).toContain(answer.status);
          expect(answer.status).not.toBe(500);
          if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) return gone.abort();
          const text = await answer.text();
          const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
          if (answer.status === 431 || type === 'text/plain') return;
          const schema = operation.responses[answer.status]?.content?.[type]?.schema;
          expect(schema).toBeDefined();
          if (schema) expect(misfits(document, schema, JSON.parse(text))).toEqual([]);
        }),
        { numRuns: 200 },
      );
    },
  );

  it('all of them, nothing breaks, nothing outside is handed over and no secret is logged', () => {
    expect(house.log.filter((line) => line.includes('http.failed'))).toEqual([]);
    expect(handed.length).toBeGreaterThan(0);
    expect(handed.filter((path) => path !== house.root && !path.startsWith(`${house.root}/`))).toEqual([]);
    expect(handed.filter((path) => /way-out|pipe|\0|\/\.\.?(\/|$)/.test(path))).toEqual([]);
    for (const secret of Object.values(house.secrets))
      expect(house.log.some((line) => line.includes(secret))).toBe(false);
  });
});
