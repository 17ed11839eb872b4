/** What each route takes and says, before a gate that answers what it is told. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError, type BytePath, type ErrorKind } from '#kernel';
import { type House, openHouse } from '../../test/support/http.ts';
import { scriptedGate, verdictOf } from '../../test/support/scripted-gate.ts';

let house: House;
let file: string;

beforeAll(async () => {
  house = await openHouse();
  file = join(house.root, 'a.flac');
  writeFileSync(file, '');
});
afterAll(() => house[Symbol.asyncDispose]());

const body = async (answer: Promise<Response>): Promise<unknown> => (await answer).json();

describe('POST /check', () => {
  it('answers with the document of "gate check --json"', async () => {
    expect(await body(house.ask('/api/v1/check', { json: { path: file } }))).toEqual({
      v: 1,
      ...verdictOf(file as BytePath),
    });
  });

  it('judges a sound by what a remote caller says of it', async () => {
    const sound = { tags: { album: 'A', track: '3/12', disc: 1 }, fingerprint: 'AQAA', durationSeconds: 200.5 };
    const answer = await house.ask('/api/v1/check', { json: sound });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ v: 1, path: null, verdict: 'new' });
  });

  it.each([
    [{}, 'path is missing.'],
    [{ tags: {} }, 'path is missing.'],
    [{ fingerprint: 'AQAA' }, 'durationSeconds is missing.'],
    [{ fingerprint: '', durationSeconds: 1 }, 'fingerprint is not one.'],
    [{ path: '/a', fingerprint: 'AQAA' }, 'fingerprint stands beside a path.'],
    [{ pth: '/a' }, 'pth: there is no such field.'],
    [{ fingerprint: 'AQAA', durationSeconds: 1, tags: { track: {} } }, 'tags.track: '],
    [{ path: 7 }, 'path: '],
    [[], 'body: '],
    ['text', 'body: '],
    [null, 'body: '],
  ])('refuses %j and names the field', async (json, message) => {
    const answer = await house.ask('/api/v1/check', { json });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toEqual({
      ...{ v: 1, code: 'http/bad-field', message: expect.stringContaining(message), hint: expect.any(String) },
    });
  });

  it.each([
    ['no JSON', '{"path":', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['no JSON and says so', 'path=/a', 'text/plain', 415],
    ['a form', 'path=/a', 'application/x-www-form-urlencoded', 415],
  ])('refuses a body that is %s', async (_, text, type, status) => {
    const asked = { method: 'POST', body: text, headers: { 'Content-Type': type } };
    expect((await house.ask('/api/v1/check', asked)).status).toBe(status);
  });
});

describe('POST /import', () => {
  it('answers 202 with the job and where it is', async () => {
    const answer = await house.ask('/api/v1/import', {
      json: { path: file, source: 'tidal:1', order: 3, lane: 'backfill' },
    });
    expect(answer.status).toBe(202);
    const job = (await answer.json()) as { id: string };
    expect(job).toMatchObject({ v: 1, lane: 'backfill', askedBy: 'http admin', made: '1970-01-01T00:00:00.000Z' });
    expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${job.id}`);
    expect(house.gate.imports.at(-1)).toEqual({
      ...{ files: [{ path: file, source: 'tidal:1', order: 3 }], lane: 'backfill', askedBy: 'http admin' },
    });
    expect(await body(house.ask(`/api/v1/jobs/${job.id}`))).toMatchObject({ id: job.id, files: [{ path: file }] });
  });

  it('takes several', async () => {
    const files = [{ path: file }, { path: house.root, source: 's' }];
    expect((await house.ask('/api/v1/import', { json: { files, inbox: 'downloads' } })).status).toBe(202);
    expect(house.gate.imports.at(-1)).toEqual({ files, inbox: 'downloads', lane: 'live', askedBy: 'http admin' });
  });

  it('takes a form', async () => {
    const form = new URLSearchParams({ path: file, mbid: 'ignored', confirm: 'true' });
    expect((await house.ask('/api/v1/import', { method: 'POST', body: form })).status).toBe(202);
    expect(house.gate.imports.at(-1)?.files).toEqual([{ path: file }]);
  });

  it('answers 200 with the finished job where it waits', async () => {
    const answer = await house.ask('/api/v1/import?wait=5', { json: { path: file } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      v: 1,
      files: [{ path: file, state: 'done', verdict: { verdict: 'new' } }],
    });
  });

  it('answers 202 where that takes too long', async () => {
    await using slow = await openHouse({
      gate: scriptedGate({
        finished: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new AppError('run/cancelled', 'x', { kind: 'cancelled' })));
          }),
      }),
    });
    const answer = await slow.ask('/api/v1/import?wait=0.05', { json: { path: slow.root } });
    expect(answer.status).toBe(202);
  });

  it('does once what comes twice with a key, of each caller', async () => {
    const asked = { json: { path: file }, headers: { 'Idempotency-Key': 'one' } };
    const before = house.gate.imports.length;
    const first = await body(house.ask('/api/v1/import', asked));
    expect(await body(house.ask('/api/v1/import', asked))).toEqual(first);
    expect(house.gate.imports.length).toBe(before + 1);
    expect(await body(house.ask('/api/v1/import', { ...asked, as: 'import' }))).not.toEqual(first);
  });

  it.each([
    [{ files: [] }, 'files: '],
    [{ path: '/a', files: [{ path: '/a' }] }, '"files" stands beside "path".'],
    [{ path: '/a', lane: 'fast' }, 'lane: '],
    [{ files: [{ path: '/a', url: 'http://x' }] }, 'files.0.url: there is no such field.'],
    [{}, 'path is missing.'],
  ])('refuses %j', async (json, message) => {
    const answer = await house.ask('/api/v1/import', { json });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('refuses more files than one request may name', async () => {
    const files = Array.from({ length: 10_001 }, () => ({ path: '/a' }));
    const answer = await house.ask('/api/v1/import', { json: { files } });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'http/too-many' });
  });

  it.each(['x', '-1', '1e9'])('refuses to wait for "%s"', async (wait) => {
    expect((await house.ask(`/api/v1/import?wait=${wait}`, { json: { path: file } })).status).toBe(400);
  });
});

describe('jobs', () => {
  it('are listed, the latest first', async () => {
    for (const _ of [1, 2]) await house.ask('/api/v1/import', { json: { path: file } });
    const { jobs } = (await body(house.ask('/api/v1/jobs?most=2'))) as { jobs: { n: number }[] };
    expect(jobs.map(({ n }) => n)).toEqual([house.gate.imports.length, house.gate.imports.length - 1]);
  });

  it.each(['nothing', '..%2f..%2fetc', '%00', '%ff', "'%20or%201=1--"])('"%s" is none', async (id) => {
    expect((await house.ask(`/api/v1/jobs/${id}`)).status).toBe(404);
    expect((await house.ask(`/api/v1/jobs/${id}/requeue`, { method: 'POST' })).status).toBe(404);
  });

  it('have dead files requeued, of one or of all', async () => {
    await using revived = await openHouse({
      gate: scriptedGate({ requeue: async (id) => (id === undefined ? 7 : 1) }),
    });
    await revived.ask('/api/v1/import', { json: { path: revived.root } });
    expect(await body(revived.ask('/api/v1/jobs/job1/requeue', { method: 'POST' }))).toEqual({ v: 1, requeued: 1 });
    expect(await body(revived.ask('/api/v1/jobs/requeue', { method: 'POST' }))).toEqual({ v: 1, requeued: 7 });
  });
});

describe('the rest', () => {
  it('admits against the gate', async () => {
    expect(await body(house.ask('/api/v1/admit', { json: { path: file } }))).toMatchObject({ v: 1, lane: 'live' });
  });

  it('tells what is known', async () => {
    const odd = '/m/\udcff.flac' as BytePath;
    await using knowing = await openHouse({
      gate: scriptedGate({ known: async () => [{ path: odd, verdict: null, of: null, isAdmitted: true }] }),
    });
    expect(await body(knowing.ask('/api/v1/known?source=tidal:1'))).toEqual({
      v: 1,
      files: [{ path: '/m/\ufffd.flac', pathBase64: 'L20v/y5mbGFj', verdict: null, of: null, isAdmitted: true }],
    });
    expect((await knowing.ask('/api/v1/known')).status).toBe(400);
  });

  it('is ready, or says what it lacks', async () => {
    expect(await body(house.ask('/readyz'))).toMatchObject({ ready: true });
    await using waiting = await openHouse({
      parts: () => ({ ready: async () => [{ name: 'root /music', isReady: false, trouble: 'is not there' }] }),
    });
    const answer = await waiting.ask('/readyz', { as: 'metrics' });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      ...{ v: 1, ready: false, checks: [{ name: 'root /music', ready: false, trouble: 'is not there' }] },
    });
  });

  it('has figures for Prometheus', async () => {
    await house.ask('/api/v1/jobs/some-id');
    const answer = await house.ask('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    expect(text).toContain('reprise_gate_verdicts_total{verdict="duplicate"} 7');
    expect(text).toContain('reprise_gate_queue_files{state="dead"} 3');
    expect(text).toContain('reprise_gate_queue_oldest_seconds 4');
    expect(text).toContain('reprise_gate_deliveries_waiting 5');
    expect(text).toContain('reprise_http_request_seconds_count{method="GET",route="/api/v1/jobs/:id",status="404"}');
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).not.toContain('some-id');
    expect(await (await house.ask('/metrics')).text()).toContain('reprise_gate_verdicts_total{verdict="duplicate"} 7');
  });

  it('has no field that holds an address to fetch', async () => {
    const text = await (await house.ask('/openapi.json')).text();
    const { paths, components } = JSON.parse(text) as { paths: object; components: { schemas: object } };
    const names = [...JSON.stringify([paths, components.schemas]).matchAll(/"(\w+)":\{/g)].map(([, name]) => name);
    expect(names.filter((name) => /ur[il]|href|link|host|callback|fetch/i.test(name ?? ''))).toEqual([]);
    expect(text).not.toContain('"format":"uri"');
  });

  it('fetches nothing, whatever a field says', async () => {
    const heard: string[] = [];
    await using other = await openHouse({ parts: () => ({ log: (_level, event) => void heard.push(event) }) });
    const address = `${other.url}/healthz`;
    for (const json of [
      { path: address },
      { path: `/${address}` },
      { path: `//127.0.0.1:${other.server.port}/healthz` },
      { path: join(house.root, address) },
      { path: `file://${file}` },
    ]) {
      const checked = await house.ask('/api/v1/check', { json });
      expect([400, 403, 404]).toContain(checked.status);
      const hooked = await house.ask('/api/v1/hooks/generic', { json: { ...json, url: address, callback: address } });
      expect([400, 403, 404]).toContain(hooked.status);
    }
    expect(heard).toEqual([]);
  });
});

describe('errors of the gate', () => {
  const kinds: readonly (readonly [ErrorKind, number])[] = [
    ...([
      ['usage', 400],
      ['denied', 403],
      ['refused', 403],
      ['missing', 404],
      ['conflict', 409],
    ] as const),
    ...([
      ['unsupported', 422],
      ['corrupt', 500],
      ['unavailable', 503],
      ['cancelled', 503],
      ['exhausted', 507],
    ] as const),
  ];
  it.each(kinds)('of kind %s are answered with %d', async (kind, status) => {
    await using failing = await openHouse({
      gate: scriptedGate({
        jobs: async () => {
          throw new AppError('gate/trouble', 'It went wrong.', { kind, hint: 'Mend it.' });
        },
      }),
    });
    const answer = await failing.ask('/api/v1/jobs');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ v: 1, code: 'gate/trouble', message: 'It went wrong.', hint: 'Mend it.' });
  });

  it('are text, whatever a caller sent', async () => {
    await using house = await openHouse({
      gate: scriptedGate({
        jobs: () =>
          Promise.reject(new AppError('gate/no-inbox', 'No \udcff.', { kind: 'missing', hint: 'Not \udcff.' })),
      }),
    });
    const answer = await house.ask('/api/v1/jobs');
    expect(await answer.json()).toEqual({ v: 1, code: 'gate/no-inbox', message: 'No \ufffd.', hint: 'Not \ufffd.' });
  });

  it('that nobody expected say nothing but where to look', async () => {
    await using failing = await openHouse({
      gate: scriptedGate({ jobs: () => Promise.reject(new TypeError('x of undefined')) }),
    });
    const answer = await failing.ask('/api/v1/jobs');
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(text).not.toMatch(/undefined|TypeError|\.ts|\bat /);
    const logged = failing.log.find((line) => line.includes('http.failed')) ?? '';
    expect(JSON.parse(logged)).toMatchObject({ level: 'error', error: 'TypeError: x of undefined' });
    expect(logged).toContain(answer.headers.get('x-request-id'));
  });
});
