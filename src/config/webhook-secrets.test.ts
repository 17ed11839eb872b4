import { describe, expect, it } from 'vitest';
import { AppError, type BytePath } from '#kernel';
import { loadSettings, secretSources } from './index.ts';

const machine = { cores: 8, availableBytes: 4 * 2 ** 30, homeFolder: '/people/ann', workingFolder: '/here' };
const secretFile = '/etc/secret' as BytePath;

function load(text: string, environment: Record<string, string>): ReturnType<typeof loadSettings> {
  const files = { read: async () => text, create: async () => {}, replace: async () => {} };
  return loadSettings({ flags: new Map(), environment, machine }, files);
}

describe('the places of a secret', () => {
  it('are none where nobody says one', () => {
    expect(secretSources('player', { REPRISE_WEBHOOKS__PLAYER__SECRET: '' }, null)).toEqual([]);
  });

  it('are the variable, then the credentials, then the file, and hold no secret themselves', () => {
    const environment = { REPRISE_WEBHOOKS__MY_PLAYER__SECRET: 'hush', CREDENTIALS_DIRECTORY: '/run/credentials/r' };
    const sources = secretSources('My-player', environment, secretFile);
    expect(sources).toEqual([
      { kind: 'variable', name: 'REPRISE_WEBHOOKS__MY_PLAYER__SECRET' },
      { kind: 'file', path: '/run/credentials/r/reprise-webhook-My-player', mayBeMissing: true },
      { kind: 'file', path: '/etc/secret', mayBeMissing: false },
    ]);
    expect(JSON.stringify(sources)).not.toContain('hush');
  });
});

describe('a secret in the environment', () => {
  const environment = { REPRISE_WEBHOOKS__PLAYER__SECRET: 'hush' };

  it('is nowhere in the settings, and no warning', async () => {
    const resolved = await load('[webhooks.player]\nurl = "https://player.example/x"\n', environment);
    expect(resolved.warnings).toEqual([]);
    expect(JSON.stringify(resolved)).not.toContain('hush');
  });

  it('makes no webhook, and its warning does not tell it', async () => {
    const { settings, warnings } = await load('', environment);
    expect(settings.webhooks).toEqual([]);
    expect(warnings.join()).toContain('REPRISE_WEBHOOKS__PLAYER__SECRET is no setting');
    expect(warnings.join()).not.toContain('hush');
  });

  it('is not told where an address with a password is refused', async () => {
    const url = 'https://ann:hush@player.example';
    const errors = [load('', { REPRISE_WEBHOOKS__PLAYER__URL: url }), load(`[webhooks.p]\nurl = "${url}"\n`, {})];
    for (const work of errors) {
      const error = (await work.catch((thrown: unknown) => thrown)) as AppError;
      expect(error).toBeInstanceOf(AppError);
      expect(error.code).toBe('config/bad-value');
      expect(`${error.message} ${error.hint}`).not.toContain('hush');
    }
  });
});
