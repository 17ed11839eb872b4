import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SCOPES } from '#config';
import { scripted } from '../../test/support/command-session.ts';
import { COMMANDS } from './options.ts';
import { runCommandLine } from './run.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reprise-token-'));
});
afterEach(() => rmSync(home, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; talk: string }> {
  const session = scripted(home, args);
  const code = await runCommandLine(session.surroundings);
  return { code, out: session.out.join(''), talk: session.talk.join('') };
}

describe('token', () => {
  it('is made, listed and revoked; its secret is printed once and kept nowhere', async () => {
    const added = await run('token', 'add', 'phone', '--scope', 'jobs,check');
    expect(added).toMatchObject({ code: 0, out: expect.stringMatching(/^reprise_[\w-]{43}\n$/) });
    expect(added.talk).toContain('shown once');
    expect(readFileSync(join(home, 'tokens.json'), 'utf8')).not.toContain(added.out.trim());
    expect(await run('token', 'list')).toMatchObject({ code: 0, out: 'phone  check,jobs  2026-01-02T00:00:00.000Z\n' });
    expect(await run('token', 'revoke', 'phone')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Revoked phone'),
    });
    expect(await run('token', 'list', '--json')).toMatchObject({ code: 0, out: '{\n  "v": 1,\n  "tokens": []\n}\n' });
  });

  it.each([
    [['token', 'add', 'phone'], 'Say what the token is good for'],
    [['token', 'add', 'phone', '--scope', 'everything'], '"everything" is no scope'],
    [['token', 'add', '--scope', 'check'], 'needs a name'],
    [['token', 'add', 'a\nb', '--scope', 'check'], 'cannot be the name'],
    [['token', 'list', 'phone'], 'one too many'],
    [['token', 'show'], 'cannot "show"'],
  ])('%j is refused', async (args, message) => {
    const { code, talk } = await run(...args);
    expect(code).toBe(2);
    expect(talk).toContain(message);
  });

  it('ends with "missing" and "conflict" as others do', async () => {
    expect((await run('token', 'revoke', 'phone')).code).toBe(4);
    await run('token', 'add', 'phone', '--scope', 'check');
    expect((await run('token', 'add', 'phone', '--scope', 'check')).code).toBe(5);
  });

  it('names every scope in its help', () => {
    const help = COMMANDS.find(({ name }) => name === 'token')?.options[0]?.help;
    expect(help).toContain(SCOPES.join(', '));
  });
});
