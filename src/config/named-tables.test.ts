import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { type LoadRequest, loadSettings, NAMED_TABLES, type ResolvedSettings } from './index.ts';

const PLACE = '/people/ann/.config/reprise/config.toml';
const machine = { cores: 8, availableBytes: 4 * 2 ** 30, homeFolder: '/people/ann', workingFolder: '/here' };

function load(text: string, request: Partial<LoadRequest> = {}): Promise<ResolvedSettings> {
  const files = { read: async () => text, create: async () => {}, replace: async () => {} };
  return loadSettings({ flags: new Map(), environment: {}, machine, ...request }, files);
}

async function failure(text: string, request: Partial<LoadRequest> = {}): Promise<AppError> {
  const error = await load(text, request).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

const INBOX = '[inboxes.downloads]\npath = "~/in"\n';

describe('sections with names', () => {
  it('have defaults for all but what they are there for', async () => {
    const views = '[views.player]\npath = "/view"\ninbox = "downloads"\n';
    const { settings } = await load(`${INBOX}${views}[webhooks.player]\nurl = "http://localhost:1/x"\n`);
    expect(settings.inboxes).toEqual([
      {
        name: 'downloads',
        path: '/people/ann/in',
        ...{ mode: 'gate', watch: 'auto', pollSeconds: 30, stableSeconds: 10, exclude: [] },
        tuple: ['albumArtist', 'disc', 'track'],
        ...{ onUntagged: 'hold', onUnsure: 'hold', onUnreadable: 'hold', onDuplicate: 'leave', onUpgrade: 'hold' },
        ...{ place: 'none', library: null, template: '{albumArtist}/{album}/{disc}-{track} {title}' },
      },
    ]);
    expect(settings.views).toEqual([
      ...[{ name: 'player', path: '/view', inbox: 'downloads', mode: 'symlink', folderPerFile: [], mostRemoved: 0.2 }],
    ]);
    expect(settings.webhooks).toEqual([
      { name: 'player', url: 'http://localhost:1/x', format: 'reprise', secretFile: null, events: [] },
    ]);
  });

  it('take what the profile says before what the top says, key by key, and say who said it', async () => {
    const text =
      '[inboxes.downloads]\npath = "/in"\nmode = "preview"\nstableSeconds = 1\n' +
      '[inboxes.other]\npath = "/other"\n' +
      '[profiles.live.inboxes.downloads]\nmode = "observe"\n[profiles.live.inboxes.shows]\npath = "shows"\n';
    const { settings, entries } = await load(text, {
      profileFlag: 'live',
      environment: { REPRISE_INBOXES__DOWNLOADS__POLL_SECONDS: '5' },
    });
    const [downloads, other, shows] = settings.inboxes;
    expect(downloads).toMatchObject({ path: '/in', mode: 'observe', stableSeconds: 1, pollSeconds: 5 });
    expect([other?.name, shows?.path]).toEqual(['other', '/people/ann/.config/reprise/shows']);
    const origins = new Map(entries.map(({ key, origin }) => [key, `${origin.kind} ${origin.where}`]));
    expect(origins.get('inboxes.downloads.mode')).toBe(`profile ${PLACE}:8`);
    expect(origins.get('inboxes.downloads.stableSeconds')).toBe(`file ${PLACE}:4`);
    expect(origins.get('inboxes.downloads.pollSeconds')).toBe('environment REPRISE_INBOXES__DOWNLOADS__POLL_SECONDS');
    expect(origins.get('inboxes.downloads.watch')).toBe('default ');
    expect((await load(text)).settings.inboxes.map(({ name, mode }) => `${name} ${mode}`)).toEqual([
      ...['downloads preview', 'other gate'],
    ]);
  });

  it('are found in the environment whatever their capitals and dashes, or made by it', async () => {
    const { settings, warnings } = await load('[inboxes.My-Downloads]\npath = "/in"\n', {
      environment: {
        REPRISE_INBOXES__MY_DOWNLOADS__ON_UPGRADE: 'swap',
        REPRISE_INBOXES__NEW_ONES__PATH: 'new',
        REPRISE_INBOXES__NEW_ONES__TUPLE: 'track,disc',
        REPRISE_INBOXES__EMPTY__PATH: '',
        REPRISE_VIEWS__PLAYER__PATH: '/view',
        REPRISE_VIEWS__PLAYER__INBOX: 'new_ones',
      },
    });
    expect(settings.inboxes.map(({ name, path, onUpgrade }) => [name, path, onUpgrade])).toEqual([
      ['My-Downloads', '/in', 'swap'],
      ['new_ones', '/here/new', 'hold'],
    ]);
    expect(settings.inboxes[1]?.tuple).toEqual(['track', 'disc']);
    expect(settings.views[0]).toMatchObject({ name: 'player', inbox: 'new_ones' });
    expect(warnings).toEqual([expect.stringContaining('REPRISE_INBOXES__EMPTY__PATH is no setting.')]);
  });

  it('warns of a variable that is nearly one', async () => {
    const { warnings } = await load(INBOX, { environment: { REPRISE_INBOXES__DOWNLOADS__PTH: '/x' } });
    expect(warnings).toEqual([
      'The environment variable REPRISE_INBOXES__DOWNLOADS__PTH is no setting. Did you mean REPRISE_INBOXES__DOWNLOADS__PATH?',
    ]);
  });

  it('have an example for what has no default to show', () => {
    for (const { settings } of NAMED_TABLES) {
      for (const { fallback, example } of settings) expect(fallback ?? example).toBeDefined();
    }
  });
});

describe('mistakes in sections with names', () => {
  it.each([
    ['[inboxes.downloads]\npth = "/x"', 'config/unknown-key', 'line 2: there is no setting inboxes.downloads.pth.'],
    ['[inboxes.downloads]\nmode = "open"', 'config/bad-value', 'line 2: inboxes.downloads.mode must be one of gate, '],
    ['\n[inboxes.downloads]\nmode = "gate"', 'config/bad-value', 'line 2: inboxes.downloads.path must be set.'],
    [
      '[inboxes.d]\npath = "/x"\ntemplate = "{albumartist}"',
      'config/bad-value',
      'line 3: inboxes.d.template must be a text',
    ],
    ['inboxes = 3', 'config/bad-value', 'line 1: inboxes must be tables, as in [inboxes.name]'],
    [
      '[inboxes]\ndownloads = "/x"',
      'config/bad-value',
      'line 2: inboxes.downloads must be a table, as in [inboxes.name]',
    ],
    ['[inboxes."a b"]\npath = "/x"', 'config/bad-value', 'must be named with letters'],
    ['[inboxes]\n__proto__ = { path = "/x" }', 'config/bad-value', 'must be named with letters'],
    ['[views.v]\npath = "/x"', 'config/bad-value', 'line 1: views.v.inbox must be set.'],
    ['[webhooks.w]\nformat = "reprise"', 'config/bad-value', 'line 1: webhooks.w.url must be set.'],
    ['[webhooks.w]\nurl = "file:///x"', 'config/bad-value', 'line 2: webhooks.w.url must be an address that starts'],
    [
      '[webhooks.w]\nurl = "http://x"\nevents = ["file"]',
      'config/bad-value',
      'line 3: webhooks.w.events must be a list',
    ],
    ['[profiles.x.views.v]\npth = "/x"', 'config/unknown-key', 'line 2: there is no setting views.v.pth.'],
  ])('tells what is wrong with %j', async (text, code, message) => {
    const error = await failure(text);
    expect([error.code, error.kind]).toEqual([code, 'usage']);
    expect(error.message).toContain(PLACE);
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it.each([
    ['[inboxes.downloads]\npth = "/x"', 'Did you mean inboxes.downloads.path?'],
    ['[inbox.downloads]\npath = "/x"', 'Did you mean [inboxes]?'],
    ['[decoder]\nsecondsPerFile = 3', 'Did you mean [decode]?'],
    ['onUpgrade = "swap"', 'Did you mean inboxes.NAME.onUpgrade?'],
    ['[webhooks.w]\nsecret = "hush"', 'Write it to a file that others cannot read, and name that as secretFile.'],
  ])('guesses what is meant by %j', async (text, hint) => {
    expect((await failure(text)).hint).toBe(hint);
  });

  it('names what the environment leaves out', async () => {
    const error = await failure('', { environment: { REPRISE_INBOXES__NEW__MODE: 'gate' } });
    expect(error.message).toBe('inboxes.new.path must be set.');
    expect(error.hint).toContain('REPRISE_INBOXES__NEW__PATH');
  });

  it('refuses names that the environment cannot tell apart', async () => {
    const error = await failure('[inboxes.a-b]\npath = "/a"\n[inboxes.A_b]\npath = "/b"\n');
    expect(error.message).toBe('inboxes.a-b and inboxes.A_b are the same name in the environment.');
  });
});

describe('settings that must fit each other', () => {
  const view = (path: string): string => `[views.v]\npath = "${path}"\ninbox = "downloads"\n`;
  const second = (more: string): string => `${INBOX}[inboxes.b]\n${more}\n`;
  const home = '/people/ann';

  it.each([
    [
      `${INBOX}place = "copy"`,
      `line 3: inboxes.downloads.place is copy, and inboxes.downloads.library names no folder`,
    ],
    [
      `${INBOX}[views.v]\npath = "/v"\ninbox = "download"`,
      'line 5: views.v.inbox names the inbox "download", which is not',
    ],
    ['[compat]\ninbox = "x"', 'line 2: compat.inbox names the inbox "x", which is not there.'],
    [second('path = "~/in/b"'), `line 4: inboxes.b.path, ${home}/in/b, lies in inboxes.downloads.path, ${home}/in.`],
    [second('path = "~"'), `line 2: inboxes.downloads.path, ${home}/in, lies in inboxes.b.path, ${home}.`],
    [second('path = "~/in/."'), `line 2: inboxes.downloads.path, ${home}/in, is also inboxes.b.path.`],
    [
      `${INBOX}library = "~/in/done"`,
      `line 3: inboxes.downloads.library, ${home}/in/done, lies in inboxes.downloads.path`,
    ],
    [
      second('path = "/b"\nlibrary = "~/in/x"'),
      `line 5: inboxes.b.library, ${home}/in/x, lies in inboxes.downloads.path`,
    ],
    [
      second('path = "/b"\nlibrary = "~"'),
      `line 2: inboxes.downloads.path, ${home}/in, lies in inboxes.b.library, ${home}`,
    ],
    [`${INBOX}${view('~/in/v')}`, `line 4: views.v.path, ${home}/in/v, lies in inboxes.downloads.path`],
    [`roots = ["/a", "/music"]\n${INBOX}${view('/music/v')}`, 'line 5: views.v.path, /music/v, lies in roots, /music.'],
    [`${INBOX}library = "/lib"\n${view('/lib')}`, 'line 5: views.v.path, /lib, is also inboxes.downloads.library.'],
    [`roots = ["/v/music"]\n${INBOX}${view('/v')}`, 'line 1: roots, /v/music, lies in views.v.path, /v.'],
    [
      `${INBOX}${view('/v')}[views.w]\npath = "/v/w"\ninbox = "downloads"`,
      'views.w.path, /v/w, lies in views.v.path, /v.',
    ],
  ])('refuses %j', async (text, message) => {
    const error = await failure(text);
    expect([error.code, error.kind]).toEqual(['config/bad-value', 'usage']);
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it('names the variable that does not fit', async () => {
    const error = await failure(INBOX, { environment: { REPRISE_COMPAT__INBOX: 'downlods' } });
    expect(error.message).toBe('REPRISE_COMPAT__INBOX names the inbox "downlods", which is not there.');
    expect(error.hint).toBe('Did you mean downloads?');
  });

  it('lets folders lie beside each other whose names start alike, and an inbox in a root', async () => {
    const text = `roots = ["~"]\n${second('path = "~/in2"\nlibrary = "~/in3"\nplace = "move"')}${view('/v')}`;
    expect((await load(text)).settings.inboxes).toHaveLength(2);
  });
});
