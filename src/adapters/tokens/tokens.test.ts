import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BytePath, type Clock, systemClock } from '#kernel';
import { openTokens } from './index.ts';

const clock: Clock = { now: () => Date.UTC(2026, 0, 2) };
let folder: string;
let file: BytePath;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-tokens-'));
  file = join(folder, 'tokens.json') as BytePath;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('tokens', () => {
  it('are kept as hashes, in a file for its owner alone', async () => {
    const secret = await openTokens(file, clock).add('phone', ['check', 'import']);
    expect(secret).toMatch(/^reprise_[\w-]{43}$/);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(secret.slice('reprise_'.length));
    const sha256 = createHash('sha256').update(secret).digest('hex');
    expect(JSON.parse(text)).toEqual({
      v: 1,
      tokens: [{ name: 'phone', sha256, scopes: ['check', 'import'], madeAt: '2026-01-02T00:00:00.000Z' }],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['tokens.json']);
  });

  it('are none where there is no file', async () => {
    expect(await openTokens(file, clock).all()).toEqual([]);
  });

  it('are known at once to whoever has the file open', async () => {
    const [daemon, command] = [openTokens(file, clock), openTokens(file, clock)];
    expect(await daemon.all()).toEqual([]);
    await command.add('a', ['check']);
    expect((await daemon.all()).map(({ name }) => name)).toEqual(['a']);
    await command.add('b', ['hooks']);
    expect((await daemon.all()).map(({ name }) => name)).toEqual(['a', 'b']);
    await command.revoke('a');
    expect((await daemon.all()).map(({ name }) => name)).toEqual(['b']);
  });

  it('have names of their own', async () => {
    const tokens = openTokens(file, clock);
    await tokens.add('a', ['check']);
    await expect(tokens.add('a', ['jobs'])).rejects.toMatchObject({ code: 'tokens/exists', kind: 'conflict' });
    await expect(tokens.revoke('b')).rejects.toMatchObject({ code: 'tokens/missing', kind: 'missing' });
    expect(await tokens.list()).toEqual([{ name: 'a', scopes: ['check'], madeAt: '2026-01-02T00:00:00.000Z' }]);
    expect(readdirSync(folder)).toEqual(['tokens.json']);
  });

  it('are not changed by two at a time, and a lock that a crash left does not stay', async () => {
    const tokens = openTokens(file, systemClock);
    writeFileSync(`${file}.new`, '');
    await expect(tokens.add('a', ['check'])).rejects.toMatchObject({ code: 'tokens/busy', kind: 'conflict' });
    utimesSync(`${file}.new`, 0, 0);
    await tokens.add('a', ['check']);
    expect((await tokens.all()).length).toBe(1);
  });

  it.each([
    ['not JSON', '{"v":1,', 'tokens/damaged'],
    ['not tokens', '{"v":1,"tokens":[{"name":"a"}]}', 'tokens/damaged'],
    ['a newer form', '{"v":2,"tokens":[]}', 'tokens/too-new'],
  ])('let nobody in where the file is %s', async (_, text, code) => {
    writeFileSync(file, text);
    const tokens = openTokens(file, clock);
    await expect(tokens.all()).rejects.toMatchObject({ code });
    await expect(tokens.add('a', ['check'])).rejects.toMatchObject({ code });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['tokens.json']);
  });
});
