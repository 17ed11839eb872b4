import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommonTags } from '#audio';
import { type BytePath, bytesOfPath, extensionOf, pathFromBytes } from '#kernel';
import { placeName } from './place-name.ts';

const TEMPLATE = '{albumArtist}/{album}/{disc}-{track} {title}';
const WHOLE: CommonTags = { albumArtist: 'A', album: 'B', disc: 1, track: 3, title: 'C' };
const name = 'own name.FLAC' as BytePath;
const place = (tags: CommonTags, template = TEMPLATE): string => placeName(template, { tags, name });

describe('the place of a file', () => {
  it('is told by its tags and its own extension', () => {
    expect(place(WHOLE)).toBe('A/B/1-03 C.flac');
    expect(place({ ...WHOLE, track: 123, disc: 12 })).toBe('A/B/12-123 C.flac');
    expect(place({ ...WHOLE, date: '1999-03-01', genres: ['Jazz', 'Soul'] }, '{genre}/{year} {album}/{title}')).toBe(
      'Jazz/1999 B/C.flac',
    );
  });

  it.each<readonly [string, CommonTags, string]>([
    ['the disc', { albumArtist: 'A', album: 'B', track: 3, title: 'C' }, 'A/B/03 C.flac'],
    ['the track', { albumArtist: 'A', album: 'B', disc: 1, title: 'C' }, 'A/B/1-C.flac'],
    ['the album artist', { artist: 'D', album: 'B', title: 'C' }, 'D/B/C.flac'],
    ['any artist', { album: 'B', title: 'C' }, 'Unknown Artist/B/C.flac'],
    ['the album', { artist: 'D', title: 'C' }, 'D/Unknown Album/C.flac'],
    ['everything', {}, 'Unknown Artist/Unknown Album/own name.flac'],
    ['everything but blanks', { title: '  ', album: '\t' }, 'Unknown Artist/Unknown Album/own name.flac'],
  ])('without %s', (_, tags, goal) => expect(place(tags)).toBe(goal));

  it('has no folder for what is missing', () => {
    const template = '{album}/Disc {disc}/{track} {title}';
    expect(place(WHOLE, template)).toBe('B/Disc 1/03 C.flac');
    expect(place({ album: 'B', title: 'C' }, template)).toBe('B/C.flac');
    expect(place({ album: 'B' }, '{album}/{track}')).toBe('B/own name.flac');
  });

  it.each([
    ['AC/DC', 'AC_DC'],
    ['../../etc', '_._.._etc'],
    ['..', '__'],
    ['What?', 'What_'],
    ['...Baby', '_..Baby'],
    ['Ends...', 'Ends_'],
    ['  blank  ', 'blank'],
    ['a\0b\nc', 'a_b_c'],
    ['CON', '_CON'],
    ['nul.x', '_nul.x'],
    ['COM\u00b9', '_COM\u00b9'],
    ['Console', 'Console'],
    ['\udcff lone', '\ufffd lone'],
  ])('takes %j as a folder only as a harmless name', (album, goal) => {
    expect(place({ album }, '{album}/x')).toBe(`${goal}/x.flac`);
  });

  it('keeps bytes of its own name that are no UTF-8', () => {
    const odd = pathFromBytes(Uint8Array.of(0x6f, 0xff, 0x2e, 0x6d, 0x70, 0x33));
    expect(bytesOfPath(placeName('{title}', { tags: {}, name: odd }))).toEqual(bytesOfPath(odd));
  });

  it('is cut at a whole character, and keeps its extension', () => {
    const title = 'é'.repeat(200);
    expect(place({ title }, '{title}')).toBe(`${'é'.repeat(124)}.flac`);
  });

  it('is not told by a template that names what there is not', () => {
    expect(() => placeName('{albmu}/{title}', { tags: {}, name: 'a.mp3' as BytePath })).toThrow(
      expect.objectContaining({ code: 'gate/bad-template' }),
    );
    expect(() => placeName(TEMPLATE, { tags: {}, name: 'a.mp3' as BytePath })).not.toThrow();
  });
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary', minLength: 200, maxLength: 400 }),
  fc.string({ unit: fc.constantFrom('.', '/', ' ', '\\', '\0', 'a', '_', '\ud800', '\udcff', ':', 'é') }),
  fc.constantFrom('..', '.', 'con', 'AUX.', 'lpt1 ', 'prn .x', '\u00a0', '/', 'a/../../b'),
);
const tags = fc.record(
  {
    ...{ title: nasty, artist: nasty, album: nasty, albumArtist: nasty, date: nasty },
    ...{ disc: fc.nat(), track: fc.nat(), genres: fc.array(nasty), artists: fc.array(nasty) },
  },
  { requiredKeys: [] },
) as fc.Arbitrary<CommonTags>;
const literal = nasty.map((text) => text.replaceAll(/[{}]/g, ''));
const field = fc.constantFrom('albumArtist', 'artist', 'album', 'title', 'disc', 'track', 'date', 'year', 'genre');
const template = fc
  .array(
    fc.oneof(
      literal,
      fc.constant('/'),
      field.map((each) => `{${each}}`),
    ),
  )
  .map((parts) => parts.join(''));
const ownName = fc
  .uint8Array({ minLength: 1, maxLength: 255 })
  .map((bytes) => pathFromBytes(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x41 : byte))))
  .chain((stem) =>
    fc.constantFrom('', '.mp3', '.FLAC', '.', '.m:p').map((end) => (stem.slice(0, 40) + end) as BytePath),
  );

it('law: whatever the tags, the template and the name, it lies below the library under names that every system takes', () => {
  fc.assert(
    fc.property(tags, template, ownName, (given, form, own) => {
      const found = placeName(form, { tags: given, name: own });
      for (const part of found.split('/')) {
        expect(bytesOfPath(part as BytePath).length).toBeGreaterThan(0);
        expect(bytesOfPath(part as BytePath).length).toBeLessThanOrEqual(255);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
        expect(part).not.toMatch(/^[.\s]|[.\s]$|[\u0000-\u001f<>:"\\|?*]/);
        expect(part).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
      }
      const extension = extensionOf(own);
      if (/^[a-z0-9]+$/.test(extension)) expect(extensionOf(found)).toBe(extension);
      expect(placeName(form, { tags: given, name: own })).toBe(found);
    }),
    { numRuns: 2000 },
  );
});
