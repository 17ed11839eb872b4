import { describe, expect, it } from 'vitest';
import {
  commentedSettings,
  loadSettings,
  NAMED_TABLES,
  SETTINGS,
  type SettingKey,
  type SettingValue,
} from './index.ts';

const machine = { cores: 8, availableBytes: 4 * 2 ** 30, homeFolder: '/people/ann', workingFolder: '/here' };

function load(text: string): ReturnType<typeof loadSettings> {
  const files = { read: async () => text, create: async () => {}, replace: async () => {} };
  return loadSettings({ flags: new Map(), environment: {}, machine }, files);
}

describe('commentedSettings', () => {
  it('mentions every setting and sets none', async () => {
    const text = commentedSettings(new Map());
    for (const { key } of SETTINGS) expect(text).toContain(`# ${key.split('.').at(-1)} = `);
    for (const { kind, exampleName, settings } of NAMED_TABLES) {
      const section = text.slice(text.indexOf(`# [${kind}.${exampleName}]\n`));
      for (const { key } of settings) expect(section).toContain(`\n# ${key} = `);
    }
    const { entries, settings } = await load(text);
    expect([settings.inboxes, settings.views, settings.webhooks]).toEqual([[], [], []]);
    expect(entries.filter(({ origin }) => origin.kind !== 'default')).toEqual([]);
  });

  it('is right when every comment that sets something is made a setting', async () => {
    const text = commentedSettings(new Map())
      .replace(/^# (\w+ = )/gm, '$1')
      .replace(/^# (?=\[\w+\.\w+\]$)/gm, '');
    const { entries, settings } = await load(text);
    expect(entries.filter(({ origin }) => origin.kind === 'default')).toEqual([]);
    expect([settings.inboxes, settings.views, settings.webhooks].map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  it('keeps what was chosen, whatever characters it has', async () => {
    const roots = ['/music/"quoted" \\ \u007f\n', '/música/日本 🎵'];
    const { settings } = await load(commentedSettings(new Map<SettingKey, SettingValue>([['roots', roots]])));
    expect(settings.roots).toEqual(roots);
  });

  it('refuses a name that TOML cannot hold', () => {
    const choices = new Map<SettingKey, SettingValue>([['roots', ['/music/\udcff']]]);
    expect(() => commentedSettings(choices)).toThrow(/cannot stand in a settings file/);
  });
});
