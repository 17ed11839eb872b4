import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommonTags, TagReading } from '#audio';
import {
  type Agreement,
  agreement,
  keyOf,
  type ReleasePlace,
  readPlace,
  type TuplePart,
  whyUnplaced,
} from './release.ts';

const ALL: readonly TuplePart[] = ['albumArtist', 'disc', 'track'];

function reading(common: CommonTags, native: Readonly<Record<string, string>> = {}): TagReading {
  const tags = Object.entries(native).map(([id, value]) => ({ id, value }));
  return { common, native: [{ type: 'vorbis', tags }], conflicts: [], cover: null };
}

const placeOf = (common: CommonTags, native: Readonly<Record<string, string>> = {}): ReleasePlace =>
  readPlace(reading(common, native));
const trackOf = (text: string, common: CommonTags = {}): unknown[] => {
  const { disc, side, track } = placeOf(common, { TRACKNUMBER: text });
  return [disc, side, track];
};
/** How two files agree; each is a track 1 of an album. */
const agree = (a: CommonTags, b: CommonTags, parts = ALL): Agreement | null =>
  agreement(placeOf({ album: 'X', track: 1, ...a }), placeOf({ album: 'X', track: 1, ...b }), parts);

describe('the number of a track', () => {
  it.each([
    ['3', [null, null, 3]],
    ['03', [null, null, 3]],
    ['3/12', [null, null, 3]],
    [' 03 / 12 ', [null, null, 3]],
    ['3 of 12', [null, null, 3]],
    ['1-03', [1, null, 3]],
    ['2.05', [2, null, 5]],
    ['A1', [null, 'a', 1]],
    ['a2', [null, 'a', 2]],
    ['B', [null, 'b', 1]],
    ['B-03', [null, 'b', 3]],
    ['AA1', [null, 'aa', 1]],
    ['A1/8', [null, 'a', 1]],
    ['1999', [null, null, 1999]],
    ['0', [null, null, null]],
    ['', [null, null, null]],
    ['Intro', [null, null, null]],
    ['12345', [null, null, null]],
    ['3a?', [null, null, null]],
  ])('of "%s"', (text, expected) => {
    expect(trackOf(text)).toEqual(expected);
  });

  it('is the common one, but for what only the native value says', () => {
    expect(trackOf('3/12', { track: 3 })).toEqual([null, null, 3]);
    expect(trackOf('A1', { track: 1 })).toEqual([null, 'a', 1]);
    expect(trackOf('2-07', { track: 2 })).toEqual([2, null, 7]);
    expect(trackOf('nonsense', { track: 4 })).toEqual([null, null, 4]);
  });
});

describe('the disc', () => {
  it.each([
    ['Live (Disc 2)', 'Live', 2],
    ['Live (Disc II)', 'Live', 2],
    ['Live [CD2]', 'Live', 2],
    ['Live CD 2', 'Live', 2],
    ['Live - Disk Two', 'Live', 2],
    ['Live, Disc #2', 'Live', 2],
    ['Live: CD 2 of 3', 'Live', 2],
    ['Live (CD 2/3)', 'Live', 2],
    ['Live (Disc 2: The Encore)', 'Live', 2],
    ['Live {LP 2}', 'Live', 2],
    ['CD 2', 'CD 2', null],
    ['Disc II', 'Disc II', null],
    ['The Lost CD', 'The Lost CD', null],
    ['ABCD 2', 'ABCD 2', null],
    ['Discovery', 'Discovery', null],
    ['Abcd2', 'Abcd2', null],
    ['Live (CD xii x)', 'Live (CD xii x)', null],
    ['Live (Disc 0)', 'Live (Disc 0)', null],
  ])('in the name "%s"', (album, name, disc) => {
    const place = placeOf({ album });
    expect([place.albumKey, place.disc, place.album]).toEqual([keyOf(name), disc, album]);
  });

  it('in the name is surer than "1 of 1", which rippers write on every disc', () => {
    expect(placeOf({ album: 'Live (CD 2)', disc: 1, discTotal: 1 } as CommonTags).disc).toBe(2);
    expect(placeOf({ album: 'Live', disc: 1 }).disc).toBe(1);
    expect(placeOf({ album: 'Live' }, { DISCNUMBER: 'CD 02/3' }).disc).toBe(2);
    expect(placeOf({ album: 'Live' }, { DISCNUMBER: '0' }).disc).toBeNull();
  });

  it('that is missing agrees with any, and two that differ never', () => {
    expect(agree({ disc: 2 }, {})).not.toBeNull();
    expect(agree({ disc: 2 }, { album: 'X (Disc 2)' })).not.toBeNull();
    expect(agree({ disc: 2 }, { disc: 1 })).toBeNull();
    expect(agree({ disc: 2 }, { disc: 1 }, ['albumArtist', 'track'])).not.toBeNull();
  });
});

describe('names', () => {
  it.each([
    ['case', 'Die Zauberflöte', 'DIE ZAUBERFLÖTE'],
    ['Unicode form', 'Zauberflöte', 'Zauberflo\u0308te'],
    ['full width', 'ＡＢＣ　１２３', 'abc 123'],
    ['ß', 'Straße', 'STRASSE'],
    ['sigma', 'Οδυσσέας', 'ΟΔΥΣΣΈΑΣ'],
    ['blanks', '  The\tLong \u00a0 Road ', 'the long road'],
    ['what nobody sees', 'Ni\u200bgh\u00adts\ufeff', 'nights'],
    ['ligatures', 'ﬁre', 'FIRE'],
  ])('are one whatever their %s', (_, one, other) => {
    expect(keyOf(one)).toBe(keyOf(other));
  });

  it('that say nothing are none, and others stay apart', () => {
    for (const text of ['', ' ', '\u200b', '\t\u00a0']) expect(keyOf(text)).toBeNull();
    expect(keyOf('Nights')).not.toBe(keyOf('Night'));
    expect(keyOf('Señor')).not.toBe(keyOf('Senor'));
  });

  it('law: the key of a key is that key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const key = keyOf(text);
        expect(keyOf(key)).toBe(key);
      }),
    );
  });

  it('law: case and form change no key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const key = keyOf(text);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(keyOf(text.normalize(form))).toBe(key);
        expect(keyOf(text.toUpperCase())).toBe(key);
      }),
    );
  });
});

describe('the album artist', () => {
  it('that is missing is the track artist’s first name, then anybody', () => {
    expect(agree({ albumArtist: 'One' }, { albumArtist: 'ONE' })).toBe('full');
    expect(agree({ albumArtist: 'One' }, { artist: 'One feat. Other' })).toBe('full');
    expect(agree({ albumArtist: 'One' }, { artist: 'One; Other' })).toBe('full');
    expect(agree({ albumArtist: 'One' }, { artists: ['One', 'Other'], artist: 'One & Other' })).toBe('full');
    expect(agree({ artist: 'One' }, { artist: 'One' })).toBe('full');
    expect(agree({ albumArtist: 'One' }, { artist: 'Else' })).toBe('loose');
    expect(agree({ artist: 'Some' }, { artist: 'Else' })).toBe('loose');
    expect(agree({ albumArtist: 'One' }, {})).toBe('loose');
    expect(agree({}, {})).toBe('loose');
  });

  it('keeps two Greatest Hits apart, unless it does not count', () => {
    const [one, other] = [
      { album: 'Greatest Hits', albumArtist: 'One' },
      { album: 'Greatest Hits', albumArtist: 'Other' },
    ];
    expect(agree(one, other)).toBeNull();
    expect(agree(one, other, ['disc', 'track'])).toBe('full');
  });
});

describe('a release', () => {
  const id = (releaseId: string): CommonTags => ({ musicBrainz: { releaseId } });

  it('is told by its MusicBrainz id where both have one, whatever their names', () => {
    expect(agree(id('A-1'), id('a-1'))).toBe('full');
    expect(agree({ ...id('a'), album: 'X', albumArtist: 'One' }, { ...id('a'), album: 'Y', albumArtist: 'Two' })).toBe(
      'full',
    );
    expect(agree(id('a'), id('b'))).toBeNull();
    expect(agree({ ...id('a'), albumArtist: 'One' }, { albumArtist: 'One' })).toBe('full');
    expect(agree({ ...id('a'), disc: 1 }, { ...id('a'), disc: 2 })).toBeNull();
    expect(agree({ ...id('a'), track: 1 }, { ...id('a'), track: 2 })).toBeNull();
  });

  it('is another edition where its name is spelt another way and its recording has another code', () => {
    const [one, other] = [{ isrc: ['DE-A12-34-56789'] }, { isrc: ['USUM71703861'] }];
    const artist = { albumArtist: 'One' };
    expect(agree({ ...artist, album: 'Nights', ...one }, { ...artist, album: 'NIGHTS', ...other })).toBeNull();
    expect(agree({ ...artist, album: 'Nights', ...one }, { ...artist, album: 'NIGHTS', isrc: ['dea123456789'] })).toBe(
      'full',
    );
    expect(agree({ ...artist, album: 'Nights', ...one }, { ...artist, album: 'NIGHTS' })).toBeNull();
    expect(agree({ ...artist, album: 'Nights' }, { ...artist, album: 'NIGHTS' })).toBe('full');
    expect(agree({ ...artist, album: 'Nights', ...one }, { ...artist, album: 'Nights', ...other })).toBe('full');
  });

  it('has tracks by their numbers and sides, where those count', () => {
    const side = (text: string): ReleasePlace => placeOf({ album: 'X', artist: 'One' }, { TRACKNUMBER: text });
    expect(agreement(side('A1'), side('B1'), ALL)).toBeNull();
    expect(agreement(side('A1'), side('a01'), ALL)).toBe('full');
    expect(agreement(side('A1'), side('1'), ALL)).toBe('full');
    expect(agreement(side('1'), side('2'), ALL)).toBeNull();
    expect(agreement(side('1'), side('2'), ['albumArtist', 'disc'])).toBe('full');
    expect(agreement(side('none'), side('none'), ALL)).toBeNull();
    expect(agreement(placeOf({ track: 1 }), placeOf({ track: 1 }), ALL)).toBeNull();
  });
});

describe('law: agreement', () => {
  const some = <T>(...values: readonly T[]): fc.Arbitrary<T | undefined> => fc.constantFrom(undefined, ...values);
  const common: fc.Arbitrary<CommonTags> = fc
    .record({
      album: some('X', 'x', 'X (CD 2)', 'Y'),
      albumArtist: some('One', 'Two'),
      artist: some('One', 'Two', 'One feat. Two'),
      disc: some(1, 2),
      track: some(1, 2),
      isrc: some(['AA'], ['BB']),
      musicBrainz: some({ releaseId: 'a' }, { releaseId: 'b' }),
    })
    .map((tags) => Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== undefined)) as CommonTags);
  const place = fc
    .tuple(common, some('A1', 'B', '2-01', '1'))
    .map(([tags, text]) => placeOf(tags, text === undefined ? {} : { TRACKNUMBER: text }));
  const parts = fc.subarray([...ALL]);

  it('is the same both ways', () => {
    fc.assert(
      fc.property(place, place, parts, (a, b, counted) => {
        expect(agreement(a, b, counted)).toBe(agreement(b, a, counted));
      }),
      { numRuns: 2000 },
    );
  });

  it('is with itself, for whoever has a place', () => {
    fc.assert(
      fc.property(place, (a) => {
        const hasPlace = (a.albumKey !== null || a.releaseId !== null) && a.track !== null;
        expect(agreement(a, a, ALL) !== null).toBe(hasPlace);
      }),
    );
  });

  it('never grows when more counts', () => {
    fc.assert(
      fc.property(place, place, parts, (a, b, counted) => {
        if (agreement(a, b, ALL) !== null) expect(agreement(a, b, counted)).not.toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('why a file has no place', () => {
  const why = (common: CommonTags, conflicts: TagReading['conflicts'] = [], parts = ALL): string | null => {
    const tags = { ...reading(common), conflicts };
    return whyUnplaced(tags, readPlace(tags), parts);
  };

  it('is what is missing', () => {
    expect(why({})).toBe('name no album and no track number');
    expect(why({ album: 'X' })).toBe('name no track number');
    expect(why({ track: 1 })).toBe('name no album');
    expect(why({ track: 1, musicBrainz: { releaseId: 'a' } })).toBeNull();
    expect(why({ album: 'X' }, [], ['albumArtist'])).toBeNull();
    expect(whyUnplaced(null, readPlace(null), ALL)).toBe('name no album and no track number');
  });

  it('is what blocks of tags say against each other', () => {
    const conflict = (field: 'album' | 'track' | 'title'): TagReading['conflicts'] => [
      {
        field,
        values: [
          { block: 'ID3v1', value: '1' },
          { block: 'ID3v2.3', value: '2' },
        ],
      },
    ];
    const full = { album: 'X', track: 1 };
    expect(why(full, conflict('album'))).toContain('"1" in ID3v1, "2" in ID3v2.3');
    expect(why(full, conflict('track'))).toContain('track');
    expect(why(full, conflict('track'), ['disc'])).toBeNull();
    expect(why(full, conflict('title'))).toBeNull();
  });
});
