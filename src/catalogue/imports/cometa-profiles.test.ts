import { describe, expect, it } from 'vitest';
import { cometaProfiles, type ForeignProfile } from './cometa-profiles.ts';
import { linesOf } from './lines.ts';
import { readPythonIni } from './python-ini.ts';

function profiles(text: string): ForeignProfile[] {
  return cometaProfiles(readPythonIni([...linesOf([new TextEncoder().encode(text)])].flat()).sections);
}

describe('collections of Cometa', () => {
  it('have their folders in the order of their numbers, each once', () => {
    const [found] = profiles('[x]\nmusic_dir_10 = /c\nmusic_dir_2 = /b\nmusic_dir_0 = /a\nmusic_dir_11 = /b\n');
    expect(found).toEqual({ name: 'x', line: 1, roots: ['/a', '/b', '/c'], notes: [] });
  });

  it('say what is not taken over, and why', () => {
    const text =
      '[Песни]\nmusic_data_dir = /data\nmusic_dir_0 = E:\\music\nmusic_dir_1 = here\nthreshold = 0.6\nx = 1\n';
    const [found] = profiles(text);
    expect(found?.roots).toEqual([]);
    expect(found?.notes).toEqual([
      expect.stringContaining('The music folder E:\\music is left out: it is a folder of Windows.'),
      expect.stringContaining('The music folder here is left out: it is no absolute path.'),
      expect.stringContaining('reprise --profile NAME import /data'),
      expect.stringContaining('threshold has no counterpart, because verdicts come from the waveforms'),
      'x is not known.',
    ]);
  });

  it('are sections with a folder of music or of data, and no others', () => {
    const text = '[.ShellClassInfo]\nIcon = 3\n[empty]\nmusic_data_dir = /d\n';
    expect(profiles(text).map(({ name }) => name)).toEqual(['empty']);
  });
});
