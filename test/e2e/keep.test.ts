/** From duplicates to a plan, applied and taken back, as a person would. */
import { mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { snapshot } from '../support/filing.ts';
import { joined, mixed, music, noise, pcmOf, silence } from '../support/music.ts';
import { createWorkplace, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

let place: Workplace;
const at = (name: string): string => path.join(place.music, name);

beforeAll(() => {
  place = createWorkplace();
  for (const folder of ['kept', 'incoming', 'other']) mkdirSync(at(folder));
  const song = music(1, 16);
  writeWav(at('kept/song.wav'), pcmOf(song), 'A song');
  utimesSync(at('kept/song.wav'), 1_600_000_000, 1_600_000_000);
  writeWav(at('incoming/song.wav'), pcmOf(song), 'A song');
  writeWav(at('incoming/song (1).wav'), pcmOf(song), 'A song');
  const later = joined(silence(0.4), song);
  writeWav(at('other/song later.wav'), pcmOf(mixed(later, noise(3, 16, 20))));
  writeWav(at('other/another.wav'), pcmOf(music(2, 15)));
  writeFileSync(at('incoming/song (1).lrc'), '[00:01.00]La la\n');
  writeFileSync(at('list.m3u8'), '#EXTM3U\r\nincoming/song (1).wav\r\nother/another.wav\r\n');
  const found = place.reprise('find', place.music);
  expect(found.status, found.stderr).toBe(0);
});

afterAll(() => place[Symbol.dispose]());

const tree = (): ReadonlyMap<string, string> => snapshot(place.music as BytePath);

const planned = (
  ...args: string[]
): { items: { verb: string; source: string; keeper: string | null }[] } & Record<string, unknown> => {
  const { status, stdout, stderr } = place.reprise('keep', ...args, '--json');
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};

describe('keep', () => {
  it('proposes by release, and changes nothing: no tags name an album, so equal audio in one folder is all that counts', () => {
    const before = tree();
    const sources = planned().items.map(({ source }) => path.relative(place.music, source));
    expect(sources).toContainEqual(expect.stringMatching(/^incoming\/song( \(1\))?\.wav$/));
    expect(sources.filter((source) => source.endsWith('.wav'))).toHaveLength(1);
    expect(tree()).toEqual(before);
  });

  it('leaves what lies in a reference, and a sidecar that could only go there', () => {
    const names = planned('--policy', 'recording', '--reference', at('kept')).items.map(({ source }) => source);
    expect(names.map((source) => path.relative(place.music, source)).toSorted()).toEqual([
      'incoming/song (1).wav',
      'incoming/song.wav',
      'list.m3u8',
      'other/song later.wav',
    ]);
  });

  it('by recording: one copy stays, what belongs to the others goes along, and all of it comes back', () => {
    const before = tree();
    const plan = planned('--policy', 'recording', '--prefer', 'oldest');
    const names = plan.items.map(({ verb, source }) => `${verb} ${path.relative(place.music, source)}`);
    expect(names.toSorted()).toEqual([
      'move incoming/song (1).lrc',
      'replace-in-place list.m3u8',
      'trash incoming/song (1).wav',
      'trash incoming/song.wav',
      'trash other/song later.wav',
    ]);
    const applied = place.reprise('keep', '--policy', 'recording', '--prefer', 'oldest', '--apply');
    expect(applied.status, applied.stderr).toBe(0);
    expect(applied.stderr).toContain('To take it back: reprise undo --plan keep-');
    expect(readFileSync(at('list.m3u8'), 'utf8')).toBe('#EXTM3U\r\nkept/song.wav\r\nother/another.wav\r\n');
    expect(readFileSync(at('kept/song.lrc'), 'utf8')).toBe('[00:01.00]La la\n');
    expect([...tree().keys()].filter((name) => name.endsWith('.wav') && !name.includes('.reprise-trash'))).toEqual([
      '/kept/song.wav',
      '/other/another.wav',
    ]);
    expect(place.reprise('keep').stdout).toContain('Nothing to be done.');
    const undone = place.reprise('undo');
    expect(undone.status, undone.stderr).toBe(0);
    expect(tree()).toEqual(before);
  });

  it('writes a plan that can be shown, and applied when nothing has changed since', () => {
    const file = path.join(path.dirname(place.music), 'keep.json');
    const written = place.reprise('keep', '--policy', 'recording', '--prefer', 'oldest', '--plan', file);
    expect(written.status, written.stderr).toBe(0);
    expect(place.reprise('plan', 'show', file).stdout).toContain('3 files to go into the trash');
    expect(place.reprise('keep', '--plan', file).status).toBe(5);
    renameSync(at('other/song later.wav'), at('other/renamed.wav'));
    const applied = place.reprise('apply', file, '--json');
    expect(applied.status).toBe(3);
    expect(JSON.parse(applied.stdout)).toMatchObject({ failed: 1 });
    expect(place.reprise('undo').status).toBe(0);
    renameSync(at('other/renamed.wav'), at('other/song later.wav'));
  });

  it('neither keeps nor takes away what the gate has not let in', () => {
    const better = at('kept/song.wav');
    const config = path.join(path.dirname(place.music), 'gate.toml');
    writeFileSync(config, `roots = ["${place.music}"]\n[inboxes.new]\npath = "${at('kept')}"\n`);
    const keeping = ['--policy', 'recording', '--prefer', 'oldest', '--config', config];
    const concerned = (): unknown[] => planned(...keeping).items.flatMap(({ source, keeper }) => [source, keeper]);
    expect(concerned()).not.toContain(better);
    expect(concerned()).toContain(at('incoming/song.wav'));
    expect(place.reprise('gate', 'import', better, '--config', config).stdout).toContain('held');
    expect(concerned()).not.toContain(better);
    expect(place.reprise('gate', 'admit', better, '--config', config).status).toBe(0);
    expect(concerned()).toContain(better);
  });

  it.each([
    [['--policy', 'best'], 2],
    [['--relation', 'alike'], 2],
    [['--min-bytes', 'much'], 2],
    [['--reference', '/nowhere/at/all'], 4],
  ])('refuses %s', (args, code) => {
    const { status, stderr } = place.reprise('keep', ...args);
    expect(status).toBe(code);
    expect(stderr).toContain('reprise:');
  });
});
