/** `store serve-webdav` on a scripted terminal: what it asks for, and what it tells. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scripted } from '../../test/support/command-session.ts';
import { runCommandLine } from './run.ts';
import type { StoreServeOptions } from './store-app.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reprise-webdav-cli-'));
});
afterEach(() => rmSync(home, { recursive: true }));

interface Seen {
  readonly code: number;
  readonly out: string;
  readonly talk: string;
  readonly asked: readonly StoreServeOptions[];
}

async function run(...args: string[]): Promise<Seen> {
  const asked: StoreServeOptions[] = [];
  const session = scripted(home, ['store', 'serve-webdav', '/s', ...args], {
    store: {
      serveWebdav: async (_store, options) => {
        asked.push(options);
        options.onReady('http://127.0.0.1:8946/');
        options.onTrouble('GET /a: It is damaged.');
      },
    },
  });
  const code = await runCommandLine(session.surroundings);
  return { code, out: session.out.join(''), talk: session.talk.join(''), asked };
}

it('says where the store is, how to get there, and what goes wrong', async () => {
  const { code, out, talk, asked } = await run();
  expect([code, asked]).toEqual([0, [expect.objectContaining({ host: '127.0.0.1', port: 8946, password: undefined })]]);
  expect(out).toBe('/s is at http://127.0.0.1:8946/ until Ctrl-C.\n');
  for (const way of ['gio mount dav://127.0.0.1:8946/', 'Finder', 'net use']) expect(talk).toContain(way);
  expect(talk).toContain('It is damaged.');
});

it('tells programs the same', async () => {
  const { out } = await run('--json');
  expect(JSON.parse(out)).toEqual({ v: 1, store: '/s', url: 'http://127.0.0.1:8946/' });
});

it.each([
  ['192.168.1.5:80', '192.168.1.5', 80],
  ['[::1]:0', '::1', 0],
  ['localhost:65535', 'localhost', 65_535],
])('listens at %s', async (place, host, port) => {
  expect((await run('--listen', place)).asked).toEqual([expect.objectContaining({ host, port })]);
});

it.each(['8946', '127.0.0.1', '127.0.0.1:', '::1:80', '[::1]', '127.0.0.1:65536', 'a b:1'])(
  'does not listen at "%s"',
  async (place) => {
    const { code, talk, asked } = await run('--listen', place);
    expect([code, asked]).toEqual([2, []]);
    expect(talk).toContain('--listen must be an address and a port');
  },
);

it.each([
  ['correct horse\n', 'correct horse'],
  ['correct horse\r\nand more\n', 'correct horse'],
  ['  blanks count ', '  blanks count '],
])('takes the first line of a file as the password: %j', async (text, password) => {
  writeFileSync(join(home, 'secret'), text);
  const { asked, out, talk } = await run('--password-file', join(home, 'secret'));
  expect(asked).toEqual([expect.objectContaining({ password })]);
  expect(out + talk).not.toContain(password);
});

it.each(['', '\nsecond line\n', 'short\n'])('takes no password that is none: %j', async (text) => {
  writeFileSync(join(home, 'secret'), text);
  const { code, talk, asked } = await run('--password-file', join(home, 'secret'));
  expect([code, asked]).toEqual([2, []]);
  expect(talk).toContain('too short for a password');
  expect((await run('--password-file', join(home, 'nothing'))).code).toBe(4);
});
