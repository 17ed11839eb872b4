/** flaczkownia-dedup's two routes, as tgmount and its connector call them. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { type House, openHouse } from '../../test/support/http.ts';

const QUEUE = '/api/v1/tgmount_add_to_dedup_queue';
const WEBHOOK = '/api/v1/dedup_processed_file_webhook';

const open = (allowFrom: readonly string[]): Promise<House> =>
  openHouse({
    parts: ({ root }) => ({ compat: { inbox: 'telegram', folder: `${root}/inbox` as BytePath, allowFrom } }),
  });

let house: House;

beforeEach(async () => {
  house = await open(['127.0.0.1', '::1']);
  const inbox = join(house.root, 'inbox');
  mkdirSync(join(inbox, '12 album.zip'));
  for (const name of ['11 song.flac', '12 album.zip/1.flac']) writeFileSync(join(inbox, name), '');
  writeFileSync(join(house.root, 'beside.flac'), '');
  symlinkSync(house.outside, join(inbox, 'out'));
});
afterEach(() => house[Symbol.asyncDispose]());

/** All that tgmount sends. */
const message = (fname: string): object => ({
  ...{ fname, msg_id: 11, chat_id: -100, sender_id: 5, mimetype: 'audio/flac', size: 1, voice: false, video: false },
  ...{ fwd_sender_id: null, reply_to_msg_id: null, reply_to_sender_id: null },
});
const queue = (json: object, headers = {}): Promise<Response> => house.ask(QUEUE, { as: null, json, headers });

describe('the queue of flaczkownia-dedup', () => {
  it('takes a file of the inbox without a token, and answers with a number', async () => {
    const answer = await queue(message('11 song.flac'));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ queue_id: 1 });
    const path = join(house.root, 'inbox', '11 song.flac');
    expect(house.gate.imports).toEqual([{ files: [{ path }], lane: 'live', askedBy: 'tgmount', inbox: 'telegram' }]);
  });

  it('takes a folder, and what lies in one', async () => {
    expect(await (await queue(message('12 album.zip'))).json()).toEqual({ queue_id: 1 });
    expect(await (await queue(message('12 album.zip/1.flac'))).json()).toEqual({ queue_id: 2 });
  });

  it.each([
    ['/etc/passwd', 400],
    ['', 400],
    ['.', 400],
    ['11 song.flac\0', 400],
    ['../beside.flac', 403],
    ['12 album.zip/../../beside.flac', 403],
    ['out/secret', 403],
    ['out', 422],
    ['%2e%2e/beside.flac', 404],
    ['nothing.flac', 404],
  ])('refuses "%s" with %d', async (fname, status) => {
    expect((await queue(message(fname))).status).toBe(status);
    expect(house.gate.imports).toEqual([]);
  });

  it.each([[{}], [{ fname: 7 }], [[]]])('refuses %j', async (json) => {
    expect((await queue(json)).status).toBe(400);
  });

  it.each([
    ['a proxy', { 'X-Forwarded-For': '127.0.0.1' }],
    ['another proxy', { Forwarded: 'for=127.0.0.1' }],
    ['a third', { Via: '1.1 proxy' }],
    ["a browser's page", { Origin: 'http://127.0.0.1' }],
    ['a page of this very name', { Referer: 'http://rebound.example/' }],
  ])('answers nobody behind %s', async (_, headers) => {
    expect((await queue(message('11 song.flac'), headers)).status).toBe(403);
    expect(house.gate.imports).toEqual([]);
  });

  it('takes JSON alone, which no form of a page is', async () => {
    const body = JSON.stringify(message('11 song.flac'));
    const answer = await house.ask(QUEUE, {
      as: null,
      method: 'POST',
      body,
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(answer.status).toBe(415);
  });

  it('opens no other door', async () => {
    expect((await house.ask('/api/v1/jobs/job1', { as: null })).status).toBe(401);
    expect((await house.ask(`${QUEUE}/`, { as: null, json: message('11 song.flac') })).status).toBe(401);
  });
});

describe('the webhook of its connector', () => {
  it('is heard, and does nothing', async () => {
    const json = { path: '/x/11 song.flac', type: 'new', audioprint: '123456', metadata: { title: 'T' } };
    const answer = await house.ask(WEBHOOK, { as: null, json });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok' });
    expect(house.gate.imports).toEqual([]);
    expect((await house.ask(WEBHOOK, { as: null, json: { path: '/x', type: 'other' } })).status).toBe(400);
  });
});

describe('both', () => {
  it.each([QUEUE, WEBHOOK])('%s answers no other address, with a token neither', async (path) => {
    await using shut = await open(['192.0.2.0/24']);
    const json = { fname: '11 song.flac', path: '/x', type: 'new' };
    expect((await shut.ask(path, { as: null, json })).status).toBe(403);
    expect((await shut.ask(path, { as: 'admin', json })).status).toBe(403);
    const headers = { 'X-Forwarded-For': '192.0.2.1', 'X-Real-IP': '192.0.2.1' };
    expect((await shut.ask(path, { as: null, json, headers })).status).toBe(403);
  });

  it.each([QUEUE, WEBHOOK])('%s is off until the settings name an inbox', async (path) => {
    await using off = await openHouse();
    const json = { fname: '11 song.flac', path: '/x', type: 'new' };
    for (const as of [null, 'admin'] as const) expect((await off.ask(path, { as, json })).status).toBe(404);
  });
});
