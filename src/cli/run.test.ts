/** The command line against a scripted terminal, with real settings files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, cancelled } from '#kernel';
import { type Script, type Session, scripted } from '../../test/support/command-session.ts';
import type { App } from './app.ts';
import { runCommandLine } from './run.ts';
import type { RunOptions } from './run-options.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reprise-run-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const session = (args: readonly string[], script: Script = {}): Session => scripted(home, args, script);

describe('config init', () => {
  it('asks for folders and data, and writes what was said', async () => {
    const { surroundings, out } = session(['config', 'init'], { answers: ['~/Music', 'rips', '', '/data'] });
    expect(await runCommandLine(surroundings)).toBe(0);
    const text = readFileSync(join(home, '.config/reprise/config.toml'), 'utf8');
    expect(text).toContain(`\nroots = ["${home}/Music", "/music/rips"]\n`);
    expect(text).toContain('\ndata = "/data"\n');
    expect(out.join('')).toBe(`Wrote ${home}/.config/reprise/config.toml.\n`);
  });

  it('takes Enter twice for none, and once more for the usual place', async () => {
    const { surroundings } = session(['config', 'init'], { answers: ['', '', ''] });
    expect(await runCommandLine(surroundings)).toBe(0);
    expect(readFileSync(join(home, '.config/reprise/config.toml'), 'utf8')).toContain('# roots = []');
  });

  it('writes nothing when the answers end', async () => {
    const { surroundings, talk } = session(['config', 'init'], { answers: ['/music'] });
    expect(await runCommandLine(surroundings)).toBe(2);
    expect(talk.join('')).toContain('nothing was written');
    expect(() => readFileSync(join(home, '.config/reprise/config.toml'))).toThrow(/ENOENT/);
  });
});

describe('inboxes, views and webhooks', () => {
  const text =
    'roots = ["/music"]\n[inboxes.downloads]\npath = "/in"\n[views.player]\npath = "/view"\ninbox = "downloads"\n' +
    '[webhooks.player]\nurl = "https://player.example/x"\n[webhooks.old]\nurl = "http://old/"\nformat = "flaczkownia"\n';
  const run = async (...args: string[]): Promise<string> => {
    const file = join(home, 'c.toml');
    writeFileSync(file, text);
    const { surroundings, out } = session(['config', '--config', file, ...args]);
    expect(await runCommandLine(surroundings)).toBe(0);
    return out.join('').replaceAll(file, 'FILE');
  };

  it('are shown value by value, with who set each', async () => {
    const shown = await run('show', '--origin');
    expect(shown).toMatch(/^inboxes\.downloads\.path +\/in +file FILE:3$/m);
    expect(shown).toMatch(/^inboxes\.downloads\.library +none +default$/m);
    expect(shown).toMatch(/^views\.player\.inbox +downloads +file FILE:6$/m);
    expect(shown).toMatch(/^webhooks\.player\.events +empty +default$/m);
    const { settings } = JSON.parse(await run('show', '--json'));
    expect(settings).toContainEqual({ key: 'views.player.mostRemoved', value: 0.2, origin: 'default', where: '' });
  });

  it('are named by a check, with the webhook that signs nothing', async () => {
    expect(await run('check')).toBe(
      'FILE is right.\ninboxes: downloads\nviews: player\nwebhooks: player, old\n' +
        'The webhook player has no secret, so whoever is called cannot tell who calls.\n',
    );
    expect(JSON.parse(await run('check', '--json'))).toMatchObject({
      ...{ inboxes: ['downloads'], views: ['player'], webhooks: ['player', 'old'] },
    });
  });
});

describe('interruption', () => {
  /** A scan that goes on until it is told to stop. */
  function endless(started: () => void): Partial<App> {
    return {
      scan: (_, { signal }: RunOptions) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(cancelled()));
          started();
        }),
    };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s lets the work end in order, closes the library and ends with %d', async (signal, code) => {
    const scripted = session(['scan', '/music'], { app: endless(() => scripted.interrupt(signal, 0)) });
    expect(await runCommandLine(scripted.surroundings)).toBe(code);
    const said = scripted.talk.join('');
    expect(said).toContain('Stopping; what is done is kept.');
    expect(said).toContain('goes on where it stopped');
    expect(said).toContain('closed\n');
    expect(scripted.exits).toEqual([]);
  });

  it('ends at once the second time, but takes an echo of the first for what it is', async () => {
    const scripted = session(['scan', '/music'], {
      app: {
        scan: async () => {
          scripted.interrupt('SIGINT', 0);
          scripted.interrupt('SIGINT', 20);
          expect(scripted.exits).toEqual([]);
          scripted.interrupt('SIGINT', 2000);
          expect(scripted.exits).toEqual([130]);
          throw cancelled();
        },
      },
    });
    expect(await runCommandLine(scripted.surroundings)).toBe(130);
  });
});

describe('exit codes', () => {
  it.each([
    ['usage', 2],
    ['missing', 4],
    ['conflict', 5],
    ['unsupported', 6],
    ['unavailable', 7],
    ['exhausted', 8],
    ['corrupt', 9],
    ['denied', 15],
    ['refused', 20],
  ] as const)('say what kind of error it was: %s is %d', async (kind, code) => {
    const app: Partial<App> = { match: () => Promise.reject(new AppError('some/thing', 'It broke.', { kind })) };
    const { surroundings, talk } = session(['match'], { app });
    expect(await runCommandLine(surroundings)).toBe(code);
    expect(talk.join('')).toContain('reprise: It broke.\n');
  });

  it('say 1 for a bug, with its trace', async () => {
    const app: Partial<App> = { match: () => Promise.reject(new TypeError('no such thing')) };
    const { surroundings, talk } = session(['match'], { app });
    expect(await runCommandLine(surroundings)).toBe(1);
    expect(talk.join('')).toMatch(/This is a bug in Reprise.*TypeError: no such thing\n.* at /s);
  });

  it.each([
    [['find'], [], 0],
    [['find', '--fail-on-found'], [], 11],
    [['find', '--fail-on-found'], [{ path: '/music/x', code: 'decode/failed', message: 'No.' }], 3],
  ])('of %j with failures %j is %d', async (args, failures, code) => {
    const group = {
      ...{ id: '1', relation: 'same-bytes', reclaimableBytes: 1 },
      keeper: '/a',
      keeperReasons: [],
      releases: [],
      files: [],
    };
    const library = { files: 1, recordings: 1, failed: 0, bytes: 1 };
    const document = { v: 1, library, expectedFalseGroups: null, groups: [group], related: [], failures };
    const scan = {
      ...{ seen: 1, new: 1, changed: 0, moved: 0, unchanged: 0, missing: 0, failed: 0 },
      ...{ audioSeconds: 0, elapsedSeconds: 0, failures: [], skipped: [] },
    };
    const match = {
      tracks: 1,
      newTracks: 0,
      candidatePairs: 0,
      judgedPairs: 0,
      sketchedPairs: 0,
      failures: [],
      elapsedSeconds: 0,
    };
    const app = { find: async () => ({ scan, match, groups: document }) } as unknown as Partial<App>;
    const { surroundings, out } = session([...args, '--json', '--quiet'], { app });
    expect(await runCommandLine(surroundings)).toBe(code);
    expect(JSON.parse(out.join(''))).toEqual(document);
  });
});

describe('paths and sizes', () => {
  it('are absolute and exact when they reach the library', async () => {
    let asked: unknown;
    const app = {
      groups: async (filters: unknown) => {
        asked = filters;
        return {
          v: 1,
          library: { files: 0, recordings: 0, failed: 0, bytes: 0 },
          groups: [],
          related: [],
          failures: [],
        };
      },
    } as unknown as Partial<App>;
    const args = [
      'groups',
      '--under',
      'a/../b\udcff',
      '--under',
      '~x',
      '--min-bytes',
      '1.5MiB',
      '--relation',
      'same-audio',
    ];
    expect(await runCommandLine(session(args, { app }).surroundings)).toBe(0);
    expect(asked).toEqual({ under: ['/music/b\udcff', '/music/~x'], minBytes: 1_572_864, relations: ['same-audio'] });
  });

  it.each([
    ['--min-bytes', 'many'],
    ['--relation', 'contains'],
  ])('%s %s is refused', async (option, value) => {
    const { surroundings, talk } = session(['groups', option, value]);
    expect(await runCommandLine(surroundings)).toBe(2);
    expect(talk.join('')).toContain(value);
  });
});
