import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from '#audio';
import type { PresentFile } from '#catalogue';
import type { BytePath } from '#kernel';
import { compared, type Facts, file, heard, judged } from '../../test/support/present-files.ts';
import { type KeepProposal, type KeepRequest, proposeKeeping } from './keep-plan.ts';

const FLAC = { codec: 'flac', kbps: 900, sizeBytes: 20_000 };
const ALBUM = { title: 'Song', artist: 'Singer', album: 'Album', track: 3, disc: 1 };
const SINGLE = { title: 'Song', artist: 'Singer', album: 'Song (Single)', track: 1 };

/** What may go among files that all hold one recording, each of other bytes unless it says so. */
function propose(facts: readonly Facts[], more: Partial<KeepRequest> = {}): KeepProposal {
  return proposeKeeping(requestFor(facts.map(file), more));
}

function requestFor(present: readonly PresentFile[], more: Partial<KeepRequest>): KeepRequest {
  const sounds = [...new Set(present.flatMap(({ content }) => content?.sound?.audioHash.slice(7) ?? []))];
  const pairs = sounds.flatMap((a, at) => sounds.slice(at + 1).map((b) => judged(a, b, 'same-recording')));
  return {
    ...{ present, groups: [heard(...sounds)], comparisons: compared(present, pairs), decisions: [] },
    ...{ policy: 'release', rules: DEFAULT_RULES, references: [] },
    ...more,
  };
}

const goes = ({ items }: KeepProposal): BytePath[] => items.map(({ source }) => source.path);
const stays = ({ keptBack }: KeepProposal): string[] => keptBack.map(({ path, reason }) => `${path}: ${reason}`);

describe('by release', () => {
  it('one copy of each track of each album stays, so a single and its album keep their own', () => {
    const proposal = propose([
      { path: '/m/album/3.flac', bytes: 'a', ...FLAC, tags: ALBUM },
      { path: '/m/album/3.mp3', bytes: 'b', sizeBytes: 5000, tags: { ...ALBUM, album: 'ALBUM!' } },
      { path: '/m/single/1.mp3', bytes: 'c', tags: SINGLE },
    ]);
    expect(goes(proposal)).toEqual(['/m/album/3.mp3']);
    expect(proposal.items[0]).toMatchObject({
      n: 1,
      verb: 'trash',
      keeper: { path: '/m/album/3.flac' },
      sameBytes: false,
    });
    expect(proposal.items[0]?.reasons[0]).toBe('the same recording, 97 % alike');
    expect(proposal).toMatchObject({ reclaimableBytes: 5000, groups: 1, keptBack: [] });
  });

  it('copies that name no album only count with equal audio in their own folder', () => {
    const proposal = propose([
      { path: '/m/in/song.mp3', bytes: 'a' },
      { path: '/m/in/song (1).mp3', bytes: 'a' },
      { path: '/m/in/song.ogg', bytes: 'b', codec: 'vorbis' },
      { path: '/m/other/song.mp3', bytes: 'a' },
    ]);
    expect(goes(proposal)).toEqual(['/m/in/song.mp3']);
    expect(proposal.items[0]).toMatchObject({ sameBytes: true, reasons: ['the same bytes', expect.any(String)] });
  });

  it('another track number is another place, and a missing disc number is disc 1', () => {
    const proposal = propose([
      { path: '/m/a.mp3', bytes: 'a', tags: ALBUM },
      { path: '/m/b.mp3', bytes: 'b', tags: { ...ALBUM, track: 4 } },
      { path: '/m/c.mp3', bytes: 'c', tags: { title: 'Song', artist: 'Singer', album: 'Album', track: 3 } },
    ]);
    expect(goes(proposal)).toEqual(['/m/c.mp3']);
  });
});

describe('editions and folders', () => {
  it('a title track’s single that bears the album’s name is another release', () => {
    const single = { ...ALBUM, track: 1, tracks: 1 };
    const album = { ...ALBUM, track: 1, tracks: 12 };
    const proposal = propose([
      { path: '/m/Album/01.mp3', bytes: 'a', tags: album },
      { path: '/m/Album/01 again.mp3', bytes: 'b', tags: album },
      { path: '/m/Single/01.flac', bytes: 'c', ...FLAC, tags: single },
      { path: '/m/in/01.mp3', bytes: 'd', tags: { ...ALBUM, track: 1 } },
    ]);
    expect(goes(proposal)).toEqual(['/m/Album/01.mp3']);
    const ids = ['one', 'other'].map((releaseId) => ({ ...ALBUM, musicBrainz: { releaseId } }));
    expect(goes(propose(ids.map((tags, at) => ({ path: `/m/${at}.mp3`, bytes: `${at}`, tags }))))).toEqual([]);
  });

  it('an album that is held twice stays together', () => {
    const files = [1, 2, 3].flatMap((track) =>
      ['/m/Album', '/m/Album (copy)'].map(
        (folder, at): Facts => ({
          path: `${folder}/${track}.mp3`,
          bytes: String(track),
          // The second track of the copy is the older file.
          mtimeNs: BigInt(track === 2 ? 9 - at : 5 + at),
          tags: { ...ALBUM, track },
        }),
      ),
    );
    const sounds = ['1', '2', '3'].map((name) => heard(name));
    const proposal = propose(files, { groups: sounds });
    expect(goes(proposal).toSorted()).toEqual([
      '/m/Album (copy)/1.mp3',
      '/m/Album (copy)/2.mp3',
      '/m/Album (copy)/3.mp3',
    ]);
  });

  it('a file that two mounts show is not taken for its own copy', () => {
    const proposal = propose([
      { path: '/mnt/a/1.mp3', bytes: 'a', inode: 7n, device: 1n, tags: ALBUM },
      { path: '/mnt/b/1.mp3', bytes: 'a', inode: 7n, device: 2n, tags: ALBUM },
    ]);
    expect(goes(proposal)).toEqual([]);
    expect(stays(proposal)[0]).toContain('under two mounts');
  });
});

describe('by recording', () => {
  const more = { policy: 'recording' } as const;

  it('one copy stays, whatever release the others are on', () => {
    const copies = [
      { path: '/m/single/1.flac', bytes: 'a', ...FLAC, tags: SINGLE },
      { path: '/m/in/song.mp3', bytes: 'b' },
    ];
    expect(goes(propose(copies, more))).toEqual(['/m/in/song.mp3']);
  });

  it('no album loses a track, even where a single is better', () => {
    const proposal = propose(
      [
        { path: '/m/single/1.flac', bytes: 'a', ...FLAC, tags: SINGLE },
        { path: '/m/album/3.mp3', bytes: 'b', kbps: 320, tags: ALBUM },
        { path: '/m/album/3 again.mp3', bytes: 'c', kbps: 128, tags: ALBUM },
        { path: '/m/album/4.mp3', bytes: 'd', audio: 'elsewhere', tags: { ...ALBUM, track: 4 } },
      ],
      { ...more, groups: [heard('a', 'b', 'c')] },
    );
    expect(goes(proposal)).toEqual(['/m/album/3 again.mp3']);
    expect(stays(proposal)).toEqual(['/m/album/3.mp3: its album would lack a track without it']);
  });
});

describe('what never goes', () => {
  it('a copy in a folder that is protected; others give way to it, though they are better', () => {
    const proposal = propose(
      [
        { path: '/ref/3.mp3', bytes: 'a', tags: ALBUM },
        { path: '/ref/3 again.mp3', bytes: 'a', tags: ALBUM },
        { path: '/m/3.flac', bytes: 'b', ...FLAC, tags: ALBUM },
      ],
      { references: ['/ref' as BytePath] },
    );
    expect(goes(proposal)).toEqual(['/m/3.flac']);
    expect(proposal.items[0]?.reasons).toContain('the copy that stays lies in a folder that is protected');
  });

  it('a whole copy for the sake of a protected one that is not', () => {
    const facts: readonly Facts[] = [
      { path: '/ref/3.mp3', bytes: 'a', seconds: 60, tags: ALBUM },
      { path: '/m/3.mp3', bytes: 'b', tags: ALBUM },
    ];
    const present = facts.map(file);
    const comparisons = compared(present, [judged('a', 'b', 'same-recording', { truncated: 'a' })]);
    const proposal = proposeKeeping(requestFor(present, { comparisons, references: ['/ref' as BytePath] }));
    expect(goes(proposal)).toEqual([]);
    expect(stays(proposal)).toEqual(['/m/3.mp3: whole, and /ref/3.mp3 is not']);
  });

  it('another name of the same bytes on disk, or an empty file', () => {
    const proposal = propose([
      { path: '/m/a.mp3', bytes: 'a', inode: 7n, tags: ALBUM },
      { path: '/m/b.mp3', bytes: 'a', inode: 7n, tags: ALBUM },
      { path: '/m/c.mp3', bytes: 'a', tags: ALBUM },
      { path: '/m/e.mp3', bytes: 'e', audio: null, sizeBytes: 0 },
      { path: '/m/f.mp3', bytes: 'e', audio: null, sizeBytes: 0 },
    ]);
    expect(goes(proposal)).toEqual(['/m/c.mp3']);
    expect(stays(proposal)).toEqual(['/m/b.mp3: another name (hard link) of the copy that stays: nothing to win']);
  });
});

describe('what is asked for', () => {
  const copies: readonly Facts[] = [
    { path: '/m/a/3.flac', bytes: 'a', ...FLAC, tags: ALBUM },
    { path: '/m/b/3.flac', bytes: 'a', ...FLAC, tags: ALBUM },
    { path: '/m/c/3.mp3', bytes: 'c', sizeBytes: 4000, tags: { ...ALBUM, genres: ['Jazz'] } },
  ];

  it('only copies under a folder, of a relation, or of groups that win enough', () => {
    expect(goes(propose(copies))).toEqual(['/m/b/3.flac', '/m/c/3.mp3']);
    expect(goes(propose(copies, { under: ['/m/c' as BytePath] }))).toEqual(['/m/c/3.mp3']);
    expect(goes(propose(copies, { relations: ['same-bytes'] }))).toEqual(['/m/b/3.flac']);
    expect(goes(propose(copies, { minBytes: 24_000 }))).toEqual(['/m/b/3.flac', '/m/c/3.mp3']);
    expect(goes(propose(copies, { minBytes: 24_001 }))).toEqual([]);
  });

  it('what only the lesser copy has is said', () => {
    const [, item] = propose(copies).items;
    expect(item?.reasons.at(-1)).toBe('only this copy has: genre');
  });
});

describe('whatever there is', () => {
  const anyFacts = fc.record({
    bytes: fc.constantFrom('a', 'b', 'c', 'd'),
    codec: fc.constantFrom('mp3', 'flac', 'vorbis'),
    inode: fc.option(fc.bigInt(1n, 4n), { nil: undefined }),
    folder: fc.constantFrom('/ref', '/m', '/m/x'),
    tags: fc.constantFrom(undefined, ALBUM, SINGLE, { ...ALBUM, track: 4 }),
  });
  const libraries = fc.array(anyFacts, { minLength: 2, maxLength: 9 }).map((all) =>
    all.map(
      ({ folder, inode, tags, ...facts }, at): Facts => ({
        ...{ ...facts, path: `${folder}/${at}.mp3`, audio: facts.bytes },
        ...(inode !== undefined && { inode: BigInt(facts.bytes.charCodeAt(0)) * 10n + inode }),
        ...(tags !== undefined && { tags }),
      }),
    ),
  );

  it.each(['release', 'recording'] as const)(
    'by %s, no keeper goes, every place and every recording keeps a copy',
    (policy) => {
      fc.assert(
        fc.property(libraries, (facts) => {
          const proposal = propose(facts, { policy, references: ['/ref' as BytePath] });
          const gone = new Set(goes(proposal));
          expect(gone.size).toBe(proposal.items.length);
          for (const { keeper, source } of proposal.items) {
            expect(gone.has(keeper?.path as BytePath)).toBe(false);
            expect(source.path.startsWith('/ref')).toBe(false);
            expect(source.inode).not.toBe(keeper?.inode);
          }
          const left = facts.filter(({ path }) => !gone.has(path as BytePath));
          expect(left.length).toBeGreaterThan(0);
          const tracks = (some: readonly Facts[]): Set<string> =>
            new Set(some.flatMap(({ tags }) => (tags?.album === 'Album' ? [`${tags.track}`] : [])));
          // An album of two tracks keeps both, by either policy; one of a single track by "release".
          if (policy === 'release' || tracks(facts).size > 1) expect(tracks(left)).toEqual(tracks(facts));
        }),
        { numRuns: 300 },
      );
    },
  );

  it('the order of files does not matter', () => {
    fc.assert(
      fc.property(libraries, (facts) => {
        const present = facts.map(file);
        const turned = present.toReversed();
        expect(proposeKeeping(requestFor(turned, {}))).toEqual(proposeKeeping(requestFor(present, {})));
      }),
      { numRuns: 100 },
    );
  });
});
