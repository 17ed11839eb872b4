/** Sidecars go along with the one sound that they belong to, and with no other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { sidecarDestination, sidecarsOf } from './sidecars.ts';

const isSound = (name: string): boolean => /\.(flac|mp3|wav)$/i.test(name);

function going(names: readonly string[], leaving: readonly string[]): Record<string, readonly string[]> {
  const all = names as readonly BytePath[];
  const sounds = new Set(all.filter(isSound));
  return Object.fromEntries(sidecarsOf({ names: all, sounds, leaving: new Set(leaving as readonly BytePath[]) }));
}

describe('a sidecar', () => {
  it('has the stem or the whole name of its sound, and a known extension in any case', () => {
    const own = ['a.LRC', 'a.cue', 'a.flac.jpg', 'a.flac.lrc', 'a.log', 'a.nfo', 'a.txt', 'a.vtt', 'a.webp'];
    const others = ['A.lrc', 'a .lrc', 'a', 'a.m3u', 'a.m3u8', 'a.pdf', 'ab.lrc', 'lrc', '.lrc'];
    expect(going(['a.flac', 'b.flac', ...own, ...others], ['a.flac'])).toEqual({ 'a.flac': own });
  });

  it('stays with a sound that stays', () => {
    expect(going(['a.flac', 'b.flac', 'b.lrc'], ['a.flac'])).toEqual({});
  });

  it('that two sounds share stays as long as one of them does', () => {
    const names = ['a.flac', 'a.mp3', 'a.lrc', 'a.mp3.lrc'];
    expect(going(names, ['a.flac'])).toEqual({});
    expect(going(names, ['a.mp3'])).toEqual({ 'a.mp3': ['a.mp3.lrc'] });
    expect(going(names, ['a.mp3', 'a.flac'])).toEqual({ 'a.flac': ['a.lrc'], 'a.mp3': ['a.mp3.lrc'] });
    // The name of one is the stem of the other.
    expect(going(['a.mp3', 'a.mp3.flac', 'a.mp3.lrc'], ['a.mp3'])).toEqual({});
  });

  it('is nothing that belongs to the folder, even where all sounds of it leave', () => {
    const folderWide = ['cover.jpg', 'Folder.JPG', 'album.cue', 'EAC.log', 'info.nfo', 'a.mp3.m3u'];
    expect(going(['a.mp3', 'b.mp3', ...folderWide], ['a.mp3', 'b.mp3'])).toEqual({});
    expect(going(['cover.mp3', 'cover.jpg', 'cover.lrc'], ['cover.mp3'])).toEqual({ 'cover.mp3': ['cover.lrc'] });
  });

  it('is the cue sheet of a whole album in one file', () => {
    expect(going(['album.flac', 'album.cue', 'album.log', 'cover.jpg'], ['album.flac'])).toEqual({
      'album.flac': ['album.cue', 'album.log'],
    });
  });

  it('is never a sound, whatever its extension', () => {
    const names = ['a.flac', 'a.txt'] as unknown as readonly BytePath[];
    expect(sidecarsOf({ names, sounds: new Set(names), leaving: new Set(names) })).toEqual(new Map());
  });

  it('gets the name that its sound got, beside it', () => {
    const destination = (sidecar: string, from: string, to: string): string =>
      sidecarDestination(sidecar as BytePath, from as BytePath, to as BytePath);
    expect(destination('/m/a.LRC', '/m/a.flac', '/n/b_1.flac')).toBe('/n/b_1.LRC');
    expect(destination('/m/a.flac.lrc', '/m/a.flac', '/n/b_1.flac')).toBe('/n/b_1.flac.lrc');
    expect(destination('/m/a.b.lrc', '/m/a.b.flac', '/a.b.flac')).toBe('/a.b.lrc');
    expect(destination('/m/\udce4.lrc', '/m/\udce4.flac', '/n/\udcf6.flac')).toBe('/n/\udcf6.lrc');
  });
});

describe('in every folder', () => {
  const name = fc
    .tuple(
      fc.constantFrom('a', 'A', 'a.flac', 'a.mp3', 'b', 'cover', '\udce4'),
      fc.constantFrom('flac', 'mp3', 'lrc', 'LRC', 'cue', 'jpg', 'm3u', 'pdf'),
    )
    .map(([stem, extension]) => `${stem}.${extension}`);
  const folder = fc
    .uniqueArray(name, { maxLength: 20 })
    .chain((names) => fc.record({ names: fc.constant(names), leaving: fc.subarray(names.filter(isSound)) }));

  it('each sidecar goes with one sound that leaves, and is none itself', () => {
    fc.assert(
      fc.property(folder, ({ names, leaving }) => {
        const found = Object.entries(going(names, leaving));
        const sidecars = found.flatMap(([, all]) => all);
        expect(new Set(sidecars).size).toBe(sidecars.length);
        expect(sidecars.filter((sidecar) => isSound(sidecar) || !names.includes(sidecar))).toEqual([]);
        expect(found.filter(([sound]) => !leaving.includes(sound))).toEqual([]);
      }),
    );
  });

  it('the more sounds leave, the more sidecars go; where none leaves, none goes', () => {
    fc.assert(
      fc.property(folder, ({ names, leaving }) => {
        const goingWith = (sounds: readonly string[]): string[] => Object.values(going(names, sounds)).flat();
        expect(goingWith([])).toEqual([]);
        expect(goingWith(names.filter(isSound))).toEqual(expect.arrayContaining(goingWith(leaving)));
      }),
    );
  });

  it('the order of the names does not matter', () => {
    fc.assert(
      fc.property(folder, ({ names, leaving }) => {
        expect(going(names.toReversed(), leaving.toReversed())).toEqual(going(names, leaving));
      }),
    );
  });
});
