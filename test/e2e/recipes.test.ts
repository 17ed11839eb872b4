/** What contrib/ gives to other programs, run as these run it; and the settings that docs/guide/ shows. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '#adapters/sqlite';
import { systemClock } from '#kernel';
import { type DaemonEvent, type DaemonProcess, startDaemon } from '../support/daemon-process.ts';
import { music, pcmOf } from '../support/music.ts';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';
import { ffmpeg } from '../support/tagged.ts';
import { writeWav } from '../support/wav.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isThere = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const hasFfmpeg = isThere('ffmpeg', '-version');
const hasCurl = isThere('curl', '--version');
const hasBeets = isThere('beet', 'version');
const unless = (is: boolean, name: string): string => (is ? '' : ` (skipped: ${name} is not installed)`);

/** Music that is in, and files that arrive: one of each verdict. Made once, copied for each test. */
let sounds: string;
beforeAll(() => {
  if (!hasFfmpeg) return;
  sounds = mkdtempSync(path.join(tmpdir(), 'reprise-recipes-'));
  for (const folder of ['Music', 'incoming', 'album']) mkdirSync(path.join(sounds, folder));
  const make = (name: string, seed: number, track: number | null, ...args: string[]): void => {
    const wav = path.join(sounds, 'sound.wav');
    writeWav(wav, pcmOf(music(seed, 16)));
    const tags = track === null ? [] : ['artist=Artist', 'album_artist=Artist', 'album=Album', `track=${track}`];
    const named = tags.flatMap((tag) => ['-metadata', tag]);
    ffmpeg('-i', wav, ...named, ...args, path.join(sounds, name));
    rmSync(wav);
  };
  make('Music/01 One.flac', 1, 1);
  make('Music/03 Three.mp3', 3, 3, '-b:a', '48k');
  make('incoming/it\'s "one".mp3', 1, 1);
  make('incoming/two é.flac', 2, 2);
  make('incoming/two again.mp3', 2, 2);
  make('incoming/three.flac', 3, 3);
  make('incoming/nameless.flac', 4, null);
  make('album/01.mp3', 1, 1);
  make('album/04.mp3', 5, 4);
  writeFileSync(path.join(sounds, 'incoming/page.mp3'), '<!DOCTYPE html><html><body>404</body></html>\n');
});
afterAll(() => {
  if (hasFfmpeg) rmSync(sounds, { recursive: true, force: true });
});

interface Home extends AsyncDisposable {
  readonly place: Workplace;
  readonly environment: Record<string, string>;
  /** A file that arrives. */
  incoming(name: string): string;
  readonly daemon: DaemonProcess | undefined;
  readonly url: string;
  /** A file with a token of these scopes. */
  token(scopes: string): string;
  readonly home: string;
}

const SETTINGS = `
roots = ["~/Music"]

[serve]
allow = ["~/incoming", "~/album"]
`;

/** A user's home: music that was scanned, files that arrive, the command on the path, and a daemon if asked. */
async function openHome(isServed: boolean, settings = SETTINGS): Promise<Home> {
  const place = createWorkplace();
  const home = path.dirname(place.music);
  cpSync(sounds, home, { recursive: true });
  const bin = path.join(home, 'bin');
  mkdirSync(bin);
  const command = [process.execPath, ...PRODUCT].map((word) => `'${word}'`).join(' ');
  writeFileSync(path.join(bin, 'reprise'), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  const config = path.join(home, '.config/reprise');
  mkdirSync(config, { recursive: true });
  writeFileSync(path.join(config, 'config.toml'), settings);
  const environment = { ...place.environment, PATH: `${bin}:${place.environment['PATH']}`, REPRISE_DATA: place.data };
  expect(place.reprise('scan').status).toBe(0);
  const daemon = isServed ? await startDaemon(place) : undefined;
  const listening = daemon?.log().map((each) => String(each['place'])) ?? [];
  return {
    ...{ place, home, environment, daemon, url: listening.find((each) => each.startsWith('http')) ?? '' },
    incoming: (name) => path.join(home, 'incoming', name),
    token(scopes) {
      const file = path.join(home, `${scopes}.token`);
      writeFileSync(file, place.reprise('token', 'add', `of-${scopes.replaceAll(',', '-')}`, '--scope', scopes).stdout);
      return file;
    },
    async [Symbol.asyncDispose]() {
      await daemon?.[Symbol.asyncDispose]();
      place[Symbol.dispose]();
    },
  };
}

const WAYS = [
  ['by the command', false],
  ['by the daemon', true],
] as const;

describe.skipIf(!hasFfmpeg || !hasCurl).each(WAYS)(
  `Lidarr's import script, %s${unless(hasFfmpeg && hasCurl, 'ffmpeg or curl')}`,
  (_, isServed) => {
    let home: Home;
    let asking: Record<string, string>;
    beforeAll(async () => {
      home = await openHome(isServed);
      asking = isServed ? { REPRISE_URL: home.url, REPRISE_TOKEN_FILE: home.token('check') } : {};
    });
    afterAll(() => home[Symbol.asyncDispose]());

    /** As Lidarr does: both paths as arguments and in the environment. */
    function script(source: string, more: Record<string, string> = {}): SpawnSyncReturns<string> {
      const destination = '/music/Artist/Album/01 One.flac';
      const lidarr = { Lidarr_SourcePath: source, Lidarr_DestinationPath: destination, Lidarr_TransferMode: 'Move' };
      const env = { ...home.environment, ...asking, ...lidarr, ...more };
      const file = path.join(root, 'contrib/lidarr/reprise-import.sh');
      return spawnSync(file, [source, destination], { env, encoding: 'utf8' });
    }

    it.each([
      ['two é.flac', 3, 'new'],
      ['it\'s "one".mp3', 10, 'duplicate'],
      ['three.flac', 12, 'upgrade'],
      ['page.mp3', 13, 'unreadable'],
      ['nameless.flac', 14, 'held'],
    ])('%s: exit code %i', (name, code, verdict) => {
      const { status, stderr } = script(home.incoming(name));
      expect({ status, stderr }).toMatchObject({
        status: code,
        stderr: expect.stringContaining(`reprise: ${verdict}:`),
      });
      expect(existsSync(home.incoming(name))).toBe(true);
    });

    it('says why', () => {
      expect(script(home.incoming('it\'s "one".mp3')).stderr).toContain('which is track 1 of "Album".');
    });

    it('believes the environment more than the arguments, in which Lidarr does not escape quotation marks', () => {
      const { status } = script('/broken', { Lidarr_SourcePath: home.incoming('two é.flac') });
      expect(status).toBe(3);
    });

    it('lets in what it is told to', () => {
      expect(script(home.incoming('three.flac'), { REPRISE_IMPORT: 'new unknown upgrade' }).status).toBe(3);
    });

    it('passes the test of a custom script', () => {
      expect(script('', { Lidarr_EventType: 'Test' }).status).toBe(0);
    });

    it('lets nothing in unasked, unless it is told to', () => {
      const broken: Record<string, string> = isServed
        ? { REPRISE_URL: 'http://127.0.0.1:1' }
        : { REPRISE_COMMAND: 'false' };
      const file = home.incoming('two é.flac');
      expect(script(file, broken)).toMatchObject({ status: 1, stderr: expect.stringContaining('Not imported.') });
      expect(script(file, { ...broken, REPRISE_ON_ERROR: 'import' }).status).toBe(3);
      expect(script(home.incoming('gone.flac')).status).toBe(1);
      expect(script('').status).toBe(1);
    });

    it.runIf(isServed)('says what is wrong with its token', () => {
      const wrong = path.join(home.home, 'wrong.token');
      writeFileSync(wrong, 'guessed\n');
      const { status, stderr } = script(home.incoming('two é.flac'), { REPRISE_TOKEN_FILE: wrong });
      expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('token') });
      expect(stderr).not.toContain('guessed');
      const missing = script(home.incoming('two é.flac'), { REPRISE_TOKEN_FILE: path.join(home.home, 'none') });
      expect(missing.status).toBe(1);
    });
  },
);

describe.skipIf(!hasFfmpeg || !hasBeets).each(WAYS)(
  `the beets plugin, %s${unless(hasFfmpeg && hasBeets, 'ffmpeg or beets')}`,
  (_, isServed) => {
    let home: Home;
    let asking: Record<string, string>;
    beforeAll(async () => {
      home = await openHome(isServed);
      asking = isServed ? { url: home.url, token_file: home.token('check,import') } : {};
    });
    afterAll(() => home[Symbol.asyncDispose]());

    function beet(settings: Record<string, unknown>, ...args: string[]): SpawnSyncReturns<string> {
      const config = path.join(home.home, 'beets.yaml');
      const all = {
        directory: path.join(home.home, 'Music/beets'),
        library: path.join(home.home, 'beets.db'),
        pluginpath: path.join(root, 'contrib/beets/beetsplug'),
        plugins: 'reprise',
        threaded: false,
        import: { copy: true, write: false },
        reprise: { ...asking, ...settings },
      };
      // YAML can be written as JSON.
      writeFileSync(config, JSON.stringify(all));
      const env = { ...home.environment, LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1', BEETSDIR: home.home };
      return spawnSync('beet', ['-c', config, 'import', '-q', ...args], { env, encoding: 'utf8' });
    }
    const imported = (): string[] =>
      readdirSync(path.join(home.home, 'Music'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.startsWith('beets/') && /\.\w+$/.test(name))
        .map((name) => path.basename(name));

    it('imports nothing while it cannot ask', () => {
      const broken = isServed ? { url: 'http://127.0.0.1:1' } : { command: 'false' };
      const { status, stderr } = beet(broken, '-s', '-A', home.incoming('two é.flac'));
      expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('left out:') });
      expect(existsSync(path.join(home.home, 'Music/beets'))).toBe(false);
    });

    it('imports what is new, and leaves out what is a copy of a file that is in', () => {
      const { stderr } = beet({}, '-s', '-A', path.join(home.home, 'incoming'));
      // The second copy of what is new was judged when the first was in. What has no tags is the business of beets.
      expect(imported()).toHaveLength(2);
      for (const [name, verdict] of [
        ['it\'s "one".mp3', 'duplicate'],
        ['three.flac', 'upgrade'],
      ] as const) {
        expect(stderr).toContain(`left out, ${verdict}: ${home.incoming(name)}: `);
      }
      expect(stderr).toMatch(/left out, (duplicate|upgrade): \S+\/two (again\.mp3|é\.flac): /);
      expect(existsSync(home.incoming('two é.flac'))).toBe(true);
    });

    it('takes of an album what is new', () => {
      const before = imported();
      const { stderr } = beet({}, '-A', path.join(home.home, 'album'));
      expect(stderr).toContain('left out, duplicate: ');
      expect(imported().length - before.length).toBe(1);
    });

    it('passes files unasked where it is told to', () => {
      const broken = isServed ? { url: 'http://127.0.0.1:1' } : { command: 'false' };
      const before = imported().length;
      const { stderr } = beet({ ...broken, on_error: 'pass' }, '-s', '-A', home.incoming('it\'s "one".mp3'));
      expect(stderr).toContain('imported unasked:');
      // That it is in cannot be told either.
      expect(stderr).toContain('Reprise does not know yet of');
      expect(imported().length - before).toBe(1);
    });
  },
);

describe.skipIf(!hasFfmpeg)(`a command after each download, and by the clock${unless(hasFfmpeg, 'ffmpeg')}`, () => {
  let home: Home;
  beforeAll(async () => {
    home = await openHome(false);
  });
  afterAll(() => home[Symbol.asyncDispose]());

  /** A line as cron or deemix gives it to a shell. */
  const shell = (line: string): SpawnSyncReturns<string> =>
    spawnSync('sh', ['-c', line], { env: home.environment, cwd: home.home, encoding: 'utf8' });

  it('does not wait for another that has the catalogue, but says so by its exit code', async () => {
    const catalogue = path.join(home.place.data, 'catalogue.sqlite');
    await using _store = await openCatalogue(catalogue, { clock: systemClock, owner: 'a scan' });
    expect(shell('reprise gate import --quiet ~/incoming')).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('a scan'),
    });
  });

  it('takes in what came, and does nothing the next time', () => {
    expect(shell("reprise gate import 'incoming'/'two é.flac'")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^new /),
    });
    // What deemix makes of %folder%/%filename% after an album.
    expect(shell("reprise gate import --quiet 'incoming'/''")).toMatchObject({ status: 0 });
    const backfill = shell('reprise gate backfill --rate 1000 ~/incoming');
    expect(backfill).toMatchObject({ status: 0, stdout: expect.stringContaining('two again.mp3') });
  });
});

describe.skipIf(!hasFfmpeg)(`what other programs post${unless(hasFfmpeg, 'ffmpeg')}`, () => {
  const settings = `
roots = ["~/Music"]

[inboxes.downloads]
path = "~/incoming"
stableSeconds = 3600
place = "move"
library = "~/Music/New"

[compat]
inbox = "downloads"
`;
  let home: Home;
  let key: string;
  beforeAll(async () => {
    home = await openHome(true, settings);
    key = readFileSync(home.token('hooks'), 'utf8').trim();
  });
  afterAll(() => home[Symbol.asyncDispose]());

  /** @returns the answer, and what became of the file */
  async function post(route: string, body: object, headers: Record<string, string>): Promise<[number, string]> {
    const before = home.daemon?.log().length ?? 0;
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    };
    const { status } = await fetch(`${home.url}${route}`, init);
    const judged = (): DaemonEvent | undefined =>
      home.daemon
        ?.log()
        .slice(before)
        .find(({ event }) => event === 'file.judged');
    await expect.poll(judged, { timeout: 30_000 }).toBeDefined();
    const told = judged();
    return [status, [told?.['verdict'], told?.['placed']].filter(Boolean).join(' ')];
  }

  it('slskd, with its header: the file is placed as the inbox says', async () => {
    const event = { type: 'DownloadFileComplete', version: 0, id: '0f8fad5b', timestamp: '2026-01-01T00:00:00Z' };
    const body = { ...event, localFilename: home.incoming('two é.flac'), remoteFilename: '@@x\\two.flac' };
    expect(await post('/api/v1/hooks/slskd', body, { 'X-Api-Key': key })).toEqual([
      202,
      `new ${path.join(home.home, 'Music/New/Artist/Album/02 two é.flac')}`,
    ]);
  });

  it('Lidarr, with the token as its password: what it has imported counts', async () => {
    const imported = path.join(home.place.music, 'by Lidarr.mp3');
    cpSync(home.incoming('two again.mp3'), imported);
    const body = {
      eventType: 'Download',
      artist: { id: 1 },
      trackFiles: [{ id: 7, path: imported }],
      isUpgrade: false,
    };
    const basic = `Basic ${Buffer.from(`lidarr:${key}`).toString('base64')}`;
    expect(await post('/api/v1/hooks/lidarr', body, { Authorization: basic })).toEqual([202, 'duplicate']);
  });

  it('tgmount, without a token, with a name below the inbox', async () => {
    const body = { fname: 'it\'s "one".mp3', msg_id: 1, chat_id: 2, mimetype: 'audio/mpeg' };
    expect(await post('/api/v1/tgmount_add_to_dedup_queue', body, {})).toEqual([200, 'duplicate']);
  });
});

describe('the settings that the guide shows', () => {
  const guide = path.join(root, 'docs/guide');
  /** All blocks of a page in a language, as its reader puts them together. */
  const shown = (page: string, language: string): string =>
    [...readFileSync(path.join(guide, page), 'utf8').matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))]
      .map(([, text]) => text)
      .join('\n');
  const pages = readdirSync(guide).filter((name) => name.endsWith('.md'));

  it.each(pages.filter((page) => shown(page, 'toml') !== ''))('%s: are right', (page) => {
    using place = createWorkplace();
    const file = path.join(path.dirname(place.music), 'config.toml');
    writeFileSync(file, shown(page, 'toml'));
    const { status, stdout, stderr } = place.reprise('config', 'check', '--config', file);
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: expect.stringContaining('is right') });
  });

  const canReadYaml = isThere('/usr/bin/python3', '-c', 'import yaml');
  it.skipIf(!canReadYaml)(`the YAML of recipes.md is YAML${unless(canReadYaml, 'python3-yaml')}`, () => {
    const program = 'import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))';
    const read = (text: string): unknown => {
      const { status, stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', program], {
        input: text,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return JSON.parse(stdout);
    };
    const blocks = shown('recipes.md', 'yaml')
      .split(/^\n/m)
      .filter((text) => text.trim() !== '');
    expect(read(blocks.join('\n---\n'))).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ integrations: { webhooks: { reprise: expect.anything() } } }),
        expect.objectContaining({ reprise: expect.objectContaining({ url: expect.anything() }) }),
      ]),
    );
  });
});
