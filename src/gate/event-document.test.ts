import { expect, it } from 'vitest';
import { type BytePath, pathFromBytes } from '#kernel';
import { eventDocument, eventId, verdictDocument } from './event-document.ts';
import { flaczkowniaBody } from './flaczkownia-body.ts';
import type { GateEventBody, GateVerdict, GateWord } from './model.ts';

const path = (text: string): BytePath => text as BytePath;
const ODD = pathFromBytes(Uint8Array.of(0x2f, 0xff));
const VERDICT: GateVerdict = {
  ...{ path: path('/in/a.flac'), verdict: 'new', of: null, recording: 'r1', placed: null, tookMs: 12 },
  release: { album: 'Album', albumArtist: 'Artist', disc: 1, track: 3 },
  reasons: ['no other file is this recording'],
};
type Judged = Extract<GateEventBody, { type: 'file.judged' }>;
const judged = (verdict: Partial<GateVerdict> = {}, more: Partial<Judged> = {}): Judged => ({
  ...{ type: 'file.judged', inbox: 'downloads', isAdmitted: true, audioHash: 'sha256:1', tags: { title: 'T' } },
  verdict: { ...VERDICT, ...verdict },
  ...more,
});

it('is what the guide says', () => {
  const event = { n: 7, at: Date.UTC(2024, 0, 2, 3, 4, 5, 678), body: judged() };
  expect(eventDocument(event)).toEqual({
    ...{ v: 1, id: eventId(event), type: 'file.judged', at: '2024-01-02T03:04:05.678Z' },
    data: {
      ...{ path: '/in/a.flac', verdict: 'new', of: null, recording: 'r1', placed: null, tookMs: 12 },
      release: { album: 'Album', albumArtist: 'Artist', disc: 1, track: 3 },
      reasons: ['no other file is this recording'],
      ...{ inbox: 'downloads', admitted: true, audioHash: 'sha256:1', tags: { title: 'T' } },
    },
  });
});

it('gives the bytes of names that are not Unicode beside a text that everybody can read', () => {
  const document = verdictDocument({ ...VERDICT, path: ODD, of: ODD, placed: ODD });
  expect(document).toMatchObject({ path: '/\ufffd', of: '/\ufffd', placed: '/\ufffd' });
  expect(document).toMatchObject({ pathBase64: 'L/8=', ofPathBase64: 'L/8=', placedPathBase64: 'L/8=' });
  const promoted: GateEventBody = { type: 'file.promoted', path: ODD, insteadOf: path('/a'), recording: 'r' };
  expect(eventDocument({ n: 1, at: 0, body: promoted })).toMatchObject({
    data: { path: '/\ufffd', pathBase64: 'L/8=', insteadOf: '/a', recording: 'r' },
  });
  const renamed = { type: 'file.renamed', path: ODD, from: ODD, inbox: 'in', verdict: 'new' } as const;
  expect(eventDocument({ n: 1, at: 0, body: renamed })).toMatchObject({
    data: { path: '/\ufffd', pathBase64: 'L/8=', from: '/\ufffd', fromPathBase64: 'L/8=', verdict: 'new' },
  });
});

it('has an id that no other event has', () => {
  const ids = [1, 2, 11].flatMap((n) => [1_000, 1_001].map((at) => eventId({ n, at, body: judged() })));
  expect(new Set(ids).size).toBe(ids.length);
});

const typeOf = (verdict: GateWord, isAdmitted: boolean, of: string | null = null): string | undefined =>
  flaczkowniaBody(judged({ verdict, of: of === null ? null : path(of) }, { isAdmitted }))?.type;

it('calls new in the words of flaczkownia only what is in the library', () => {
  expect(typeOf('new', true)).toBe('new');
  expect(typeOf('new', false)).toBeUndefined();
  expect(typeOf('held', true)).toBe('new');
  expect(typeOf('held', false)).toBeUndefined();
  expect(typeOf('held', false, '/lib/a')).toBe('duplicate');
  for (const word of ['duplicate', 'exact', 'upgrade'] as const) {
    expect(typeOf(word, false, '/lib/a')).toBe('duplicate');
    expect(typeOf(word, true, '/lib/a')).toBe('new');
  }
  expect(typeOf('unknown', false)).toBe('unknown');
  expect(typeOf('unreadable', false)).toBeUndefined();
});

it('says nothing in them of what failed, and that a promoted file is new', () => {
  const failed: GateEventBody = { type: 'file.failed', path: ODD, code: 'a/b', message: 'c' };
  expect(flaczkowniaBody(failed)).toBeUndefined();
  const promoted: GateEventBody = { type: 'file.promoted', path: path('/b'), insteadOf: path('/a'), recording: 'r' };
  expect(flaczkowniaBody(promoted)).toEqual({ path: '/b', type: 'new' });
});

it('names tags in them as mediafile does', () => {
  const tags = {
    ...{ title: 'T', artist: 'A', album: 'B', albumArtist: 'C', disc: 1, discs: 2, track: 3, tracks: 12, date: '1999' },
    ...{ genres: ['Pop', 'Rock'], isrc: ['GBAYE0601498'], musicBrainz: { releaseId: 'm1', recordingId: 'm2' } },
  };
  expect(flaczkowniaBody(judged({ placed: path('/lib/a.flac') }, { tags }))).toEqual({
    path: '/lib/a.flac',
    type: 'new',
    metadata: {
      ...{ title: 'T', artist: 'A', album: 'B', albumartist: 'C', disc: 1, disctotal: 2, track: 3, tracktotal: 12 },
      ...{ date: '1999-01-01', year: 1999, genre: 'Pop', genres: ['Pop', 'Rock'], isrc: 'GBAYE0601498' },
      ...{ mb_albumid: 'm1', mb_trackid: 'm2' },
    },
  });
  expect(flaczkowniaBody(judged({ verdict: 'unknown' }, { tags: {} }))).toEqual({
    path: '/in/a.flac',
    type: 'unknown',
  });
});
