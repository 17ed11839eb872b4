import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { type LoadRequest, loadSettings, type ResolvedSettings, SETTINGS, type SettingKey } from './index.ts';

const PLACE = '/people/ann/.config/reprise/config.toml';
const machine = { cores: 8, availableBytes: 4 * 2 ** 30, homeFolder: '/people/ann', workingFolder: '/here' };

function load(text: string | undefined, request: Partial<LoadRequest> = {}): Promise<ResolvedSettings> {
  const files = {
    read: async (path: string) => (path === PLACE ? text : undefined),
    create: async () => {},
    replace: async () => {},
  };
  return loadSettings({ flags: new Map(), environment: {}, machine, ...request }, files);
}

function flags(...given: [SettingKey, string, string][]): LoadRequest['flags'] {
  return new Map(given.map(([key, flag, text]) => [key, { flag, text }]));
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('defaults', () => {
  it('gives every setting a value of its place', async () => {
    const { settings, entries, fileExists, filePath } = await load(undefined);
    expect([fileExists, filePath]).toEqual([false, PLACE]);
    expect(settings.workers).toBe(8);
    expect(settings.data).toBe('/people/ann/.local/share/reprise/default');
    expect(settings.scan.readsPerSpinningDisk).toBe(2);
    expect(settings.log).toEqual({ file: null, level: 'info' });
    expect(settings.gate).toEqual({ leaseSeconds: 60, attempts: 5, retrySeconds: 10 });
    expect(settings.serve).toEqual({
      ...{ host: '127.0.0.1', port: 8945, allow: [], trustedProxies: [], userHeader: 'Remote-User' },
      ...{ bodyMegabytes: 4, bodySeconds: 10 },
    });
    expect(settings.compat).toEqual({ inbox: null, allowFrom: ['127.0.0.1', '::1'] });
    expect([settings.inboxes, settings.views, settings.webhooks]).toEqual([[], [], []]);
    expect(entries.map(({ key }) => key)).toEqual(SETTINGS.map(({ key }) => key));
    expect(entries.every(({ origin }) => origin.kind === 'default')).toBe(true);
  });

  it('follows the XDG variables, and ignores relative ones as the specification says', async () => {
    const dataWith = async (folder: string): Promise<string> =>
      (await load(undefined, { environment: { XDG_DATA_HOME: folder } })).settings.data;
    expect(await dataWith('/data')).toBe('/data/reprise/default');
    expect(await dataWith('data')).toBe('/people/ann/.local/share/reprise/default');
  });
});

describe('precedence', () => {
  const file =
    'workers = 2\n[decode]\nsecondsPerFile = 20\nmemoryMegabytes = 200\n[profiles.live]\nworkers = 3\n[profiles.live.decode]\nsecondsPerFile = 30\n';

  it('puts flags over the environment over the profile over the file over defaults, and says so', async () => {
    const { settings, entries } = await load(file, {
      profileFlag: 'live',
      environment: { REPRISE_WORKERS: '4', REPRISE_SCAN__READS_PER_SPINNING_DISK: '5' },
      flags: flags(['workers', '--workers', '6']),
    });
    expect([settings.workers, settings.decode.secondsPerFile, settings.decode.memoryMegabytes]).toEqual([6, 30, 200]);
    expect(settings.scan.readsPerSpinningDisk).toBe(5);
    expect(settings.data).toBe('/people/ann/.local/share/reprise/live');
    const origin = Object.fromEntries(entries.map((entry) => [entry.key, entry.origin]));
    expect(origin['workers']).toEqual({ kind: 'flag', where: '--workers' });
    expect(origin['scan.readsPerSpinningDisk']).toEqual({
      kind: 'environment',
      where: 'REPRISE_SCAN__READS_PER_SPINNING_DISK',
    });
    expect(origin['decode.secondsPerFile']).toEqual({ kind: 'profile', where: `${PLACE}:8` });
    expect(origin['decode.memoryMegabytes']).toEqual({ kind: 'file', where: `${PLACE}:4` });
  });

  it('lets the environment win over the profile', async () => {
    const request = { profileFlag: 'live', environment: { REPRISE_WORKERS: '4' } };
    expect((await load(file, request)).settings.workers).toBe(4);
    expect((await load(file, { environment: { REPRISE_PROFILE: 'live' } })).settings.workers).toBe(3);
    expect((await load(file)).settings.workers).toBe(2);
  });

  it('reads paths of the file from where the file is', async () => {
    const { settings } = await load('roots = ["~/Music", "more", "/srv"]');
    expect(settings.roots).toEqual(['/people/ann/Music', '/people/ann/.config/reprise/more', '/srv']);
  });
});

describe('mistakes', () => {
  it.each([
    ['workers = 0', 'config/bad-value', 'line 1: workers must be a whole number from 1 to 256'],
    ['\n[scan]\nextensions = "mp3"', 'config/bad-value', 'line 3: scan.extensions must be a list of texts'],
    ['scan = 3', 'config/bad-value', 'line 1: scan must be a table'],
    ['\nworker = 3', 'config/unknown-key', 'line 2: there is no setting worker'],
    ['[profiles.x]\nroot = []', 'config/unknown-key', 'line 2: there is no setting root'],
    ['profiles = 3', 'config/bad-value', 'line 1: profiles must be tables'],
    ['a = [1,\n\n!', 'config/syntax', 'this is not TOML'],
  ])('tells what is wrong with %j', async (text, code, message) => {
    const error = await failure(load(text));
    expect([error.code, error.kind]).toEqual([code, 'usage']);
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it('guesses what was meant', async () => {
    expect((await failure(load('worker = 3'))).hint).toBe('Did you mean workers?');
    expect((await failure(load('extensions = ["mp3"]'))).hint).toBe('Did you mean scan.extensions?');
    expect((await failure(load('[profiles.live]', { profileFlag: 'lvie' }))).hint).toBe('Did you mean live?');
  });

  it('names the flag or variable that is wrong', async () => {
    const byFlag = await failure(load(undefined, { flags: flags(['workers', '--workers', 'x']) }));
    expect(byFlag.message).toBe('--workers must be a whole number from 1 to 256, not "x".');
    const byVariable = await failure(load(undefined, { environment: { REPRISE_OUTPUT__COLOR: 'pink' } }));
    expect(byVariable.message).toContain('REPRISE_OUTPUT__COLOR must be one of auto, always, never');
  });

  it('refuses a named file that is not there, and bad profile names', async () => {
    expect((await failure(load(undefined, { configFlag: 'x.toml' }))).message).toContain('/here/x.toml');
    expect((await failure(load(undefined, { profileFlag: '../up' }))).code).toBe('config/bad-profile');
    expect((await failure(load(undefined, { profileFlag: 'live' }))).code).toBe('config/unknown-profile');
  });

  it('only warns of unknown variables, because container platforms set some', async () => {
    const { warnings } = await load(undefined, { environment: { REPRISE_WORKER: '3', REPRISE_PORT: 'tcp://1' } });
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain('Did you mean REPRISE_WORKERS?');
  });
});
