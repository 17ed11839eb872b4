/** A better sound in the place of a file that other programs know. */
import { appendFileSync, chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import {
  createFilingPlace,
  type Faults,
  type FilingPlace,
  quietly,
  setComment,
  snapshot,
  withFolder,
} from '../../test/support/filing.ts';
import { heard, makeSound, picture, RICH, tag, tagsByTagLib, withTagLib } from '../../test/support/tagged.ts';
import { applyPlan } from './apply.ts';
import type { Plan } from './plan.ts';
import { recover } from './recover.ts';
import type { EntryReport, ItemReport } from './reports.ts';
import { swapPlan } from './swap.ts';
import { emptyTrash, trashEntries } from './trash.ts';
import { takeBack } from './undo.ts';

interface Container {
  readonly name: string;
  readonly extension: string;
  readonly args?: readonly string[];
}

const CONTAINERS: readonly Container[] = [
  { name: 'MP3', extension: 'mp3' },
  { name: 'FLAC', extension: 'flac' },
  { name: 'Ogg Vorbis', extension: 'ogg', args: ['-c:a', 'libvorbis'] },
  { name: 'Opus', extension: 'opus' },
  { name: 'M4A', extension: 'm4a' },
  { name: 'M4A that begins with its tables', extension: 'm4a', args: ['-movflags', '+faststart'] },
  { name: 'ALAC', extension: 'm4a', args: ['-c:a', 'alac'] },
  { name: 'WAV', extension: 'wav' },
  { name: 'AIFF', extension: 'aiff' },
  { name: 'WavPack', extension: 'wv' },
  { name: 'True Audio', extension: 'tta' },
  { name: 'AAC', extension: 'aac' },
];

const [OLD_COVER, NEW_COVER] = [picture(7), picture(8, 420)];

let place: FilingPlace;
let old: BytePath;
let better: BytePath;

/** An old file with all that people write, and a better one with other tags. */
async function make({ extension, args = [] }: Container): Promise<void> {
  old = withFolder(place.at(`music/A/B/01 Song.${extension}`));
  better = withFolder(place.at(`music/inbox/new.${extension}`));
  makeSound(old, { hz: 440, seconds: 2, args });
  makeSound(better, {
    hz: 660,
    seconds: 3,
    args: [...args, '-metadata', 'title=another', '-metadata', 'comment=spam'],
  });
  await tag(old, RICH, OLD_COVER);
  await tag(better, { TITLE: ['Another'], 'NOT WANTED': ['spam'], FMPS_RATING: ['0.1'] }, NEW_COVER);
  dressUp();
}

function dressUp(): void {
  chmodSync(old, 0o640);
  setComment(old, 'mine');
  place.acts.setModified(old, 1_400_000_000_000_000_001n);
}

beforeEach(() => {
  place = createFilingPlace();
});
afterEach(() => place[Symbol.dispose]());

const swap = (id = 'swap-1'): Plan =>
  swapPlan({
    ...{ id, made: '2026-01-02T00:00:00.000Z', roots: [place.at('music')], reasons: ['a test'] },
    ...{ old: place.planned(old), better: place.planned(better) },
  });

async function apply(plan: Plan, faults: Faults = {}): Promise<readonly ItemReport[]> {
  using parts = place.open(faults);
  await recover(parts);
  return (await applyPlan(plan, parts, quietly())).items;
}

async function undo(): Promise<readonly EntryReport[]> {
  using parts = place.open();
  await recover(parts);
  const done = parts.journal.entries({ states: ['done'] }).filter(({ verb }) => verb !== 'undo');
  return await takeBack(done, parts, quietly());
}

const codes = (reports: readonly (ItemReport | EntryReport)[]): readonly (string | undefined)[] =>
  reports.map(({ error }) => error?.code);

async function readTags(file: BytePath): Promise<object> {
  using parts = place.open();
  const { common, native, conflicts, cover } = await parts.tags.read(file);
  return { common, native: native.toSorted((a, b) => a.type.localeCompare(b.type)), conflicts, cover };
}

describe.each(CONTAINERS)('in $name', (container) => {
  it('the better sound has the old tags, and is taken back to the last bit', async () => {
    await make(container);
    const before = snapshot(place.at('music'));
    const goal = { tags: await readTags(old), byTagLib: await tagsByTagLib(old), sound: heard(better) };
    const plan = swap();
    expect(await apply(plan)).toMatchObject([{ outcome: 'done', error: null, remarks: [] }]);
    expect({ tags: await readTags(old), byTagLib: await tagsByTagLib(old), sound: heard(old) }).toEqual(goal);
    expect(goal.byTagLib).toMatchObject({ properties: { artist: RICH['ARTIST'], FMPS_RATING: RICH['FMPS_RATING'] } });
    expect(statSync(old).mode & 0o7777).toBe(0o640);
    expect(statSync(old).mtimeMs).toBeGreaterThan(1_500_000_000_000);
    expect(snapshot(place.at('music')).get(`/inbox/new.${container.extension}`)).toBe(
      before.get(`/inbox/new.${container.extension}`),
    );
    expect(await apply(plan)).toMatchObject([{ outcome: 'done-before' }]);
    expect(codes(await undo())).toEqual([undefined]);
    expect(snapshot(place.at('music'))).toEqual(before);
  });

  it('a file without tags stays without, and one with few grows by none', async () => {
    await make(container);
    for (const tags of [{}, { TITLE: ['Only this'] }]) {
      makeSound(old, { hz: 440, seconds: 1, args: container.args ?? [] });
      if ('TITLE' in tags) await tag(old, tags);
      const goal = { tags: await readTags(old), byTagLib: await tagsByTagLib(old), sound: heard(better) };
      expect(codes(await apply(swap(`swap-${Object.keys(tags).length}`)))).toEqual([undefined]);
      expect({ tags: await readTags(old), byTagLib: await tagsByTagLib(old), sound: heard(old) }).toEqual(goal);
    }
  });
});

/** A frame of ID3v2.3. */
function frame(id: string, body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([Buffer.from(id), size, Buffer.alloc(2), bytes]);
}

function id3v23(frames: readonly Buffer[], padding: number): Buffer {
  const body = Buffer.concat([...frames, Buffer.alloc(padding)]);
  const size = [21, 14, 7, 0].map((shift) => (body.length >> shift) & 127);
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), Buffer.from(size), body]);
}

const PLAYERS = [
  frame('TIT2', '\0Song'),
  frame('TYER', '\x001999'),
  frame('POPM', 'Windows Media Player 9 Series\0\xc4\0\0\0\x07'),
  frame('POPM', 'quodlibet@lists.sacredchao.net\0\x80'),
  frame('PCNT', '\0\0\0\x2a'),
  frame('TXXX', '\0FMPS_Rating\x000.8'),
  frame('UFID', 'http://musicbrainz.org\x006c1fb3d8-8c25-4bc8-b5a5-8ba7e5b1ca3e'),
  frame('PRIV', 'WM/MediaClassPrimaryID\0\xbc\x7d\x60\xd1'),
  frame('XSOP', '\0of nobody knows what'),
];

function id3v1(title: string): Buffer {
  const block = Buffer.alloc(128);
  block.write('TAG', 0, 'latin1');
  block.write(title, 3, 'latin1');
  return block;
}

function apev2(): Buffer {
  const item = (key: string, value: string): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(Buffer.byteLength(value));
    return Buffer.concat([head, Buffer.from(`${key}\0${value}`)]);
  };
  const items = Buffer.concat([item('Title', 'Song'), item('MP3GAIN_MINMAX', '089,181')]);
  const mark = (flags: number): Buffer => {
    const bytes = Buffer.alloc(32);
    bytes.write('APETAGEX', 'latin1');
    for (const [at, value] of [2000, items.length + 32, 2, flags].entries()) bytes.writeUInt32LE(value, 8 + at * 4);
    return bytes;
  };
  return Buffer.concat([mark(0xa0000000), items, mark(0x80000000)]);
}

it('what players have written into an MP3 stays byte for byte, before and after the sound', async () => {
  await make({ name: 'MP3', extension: 'mp3' });
  makeSound(old, { hz: 440, seconds: 1, args: ['-id3v2_version', '0', '-write_xing', '0'] });
  const [head, tail] = [id3v23(PLAYERS, 700), Buffer.concat([apev2(), id3v1('Song')])];
  writeFileSync(old, Buffer.concat([head, readFileSync(old), tail]));
  makeSound(better, { hz: 660, seconds: 2, args: ['-id3v2_version', '0'] });
  const sound = readFileSync(better);
  appendFileSync(better, Buffer.concat([id3v1('Another')]));
  expect(codes(await apply(swap()))).toEqual([undefined]);
  expect(readFileSync(old).equals(Buffer.concat([head, sound, tail]))).toBe(true);
  expect(await withTagLib(old, (file) => file.getRatings())).toHaveLength(2);
});

it('what tells where the sound of an M4A begins stays with the sound', async () => {
  await make({ name: 'M4A', extension: 'm4a' });
  const gapless = (file: BytePath): Promise<string | undefined> =>
    withTagLib(file, (opened) => opened.getMP4Item('----:com.apple.iTunes:iTunSMPB'));
  const [ours, theirs] = [' 00000000 00000840 000001C0 00000000', ' 00000000 00000210 00000ABC 00000000'];
  for (const [file, value] of [
    [old, ours],
    [better, theirs],
  ] as const) {
    writeFileSync(
      file,
      await withTagLib(file, (opened) => {
        opened.setMP4Item('----:com.apple.iTunes:iTunSMPB', value);
        opened.save();
        return opened.getFileBuffer();
      }),
    );
  }
  expect(await gapless(old)).toBe(ours);
  expect(codes(await apply(swap()))).toEqual([undefined]);
  expect(await gapless(old)).toBe(theirs);
  makeSound(old, { hz: 440, seconds: 1 });
  expect(codes(await apply(swap('again')))).toEqual([undefined]);
  expect(await gapless(old)).toBe(theirs);
});

describe('is refused, and nothing is changed,', () => {
  const FLAC = { name: 'FLAC', extension: 'flac' };
  let before: ReadonlyMap<string, string>;
  const unchanged = (): void => expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
  const keepBefore = (): void => {
    before = snapshot(place.at('music'), { withTimes: false });
  };

  it('where the extension is another', async () => {
    await make(FLAC);
    const other = place.at('music/inbox/new.fla');
    renameSync(better, other);
    better = other;
    keepBefore();
    expect(codes(await apply(swap()))).toEqual(['swap/other-container']);
    unchanged();
  });

  it.each([
    ['another container', (file: string) => makeSound(file.replace('.flac', '.mp3'), { hz: 1, seconds: 1 }), 'mp3'],
    [
      'another coding in Ogg',
      (file: string) => makeSound(file.replace('.flac', '.opus'), { hz: 1, seconds: 1 }),
      'opus',
    ],
  ])('where the content is of %s', async (_, makeOther, extension) => {
    await make(FLAC);
    makeOther(better);
    renameSync(better.replace('.flac', `.${extension}`), better);
    keepBefore();
    expect(codes(await apply(swap()))).toEqual(['swap/other-container']);
    unchanged();
  });

  it.each([
    ['is no sound', () => writeFileSync(better, 'no sound at all'), 'swap/unsupported'],
    ['breaks off in its tags', () => writeFileSync(better, readFileSync(better).subarray(0, 300)), 'swap/damaged'],
  ])('where what is to come %s', async (_, harm, code) => {
    await make(FLAC);
    harm();
    keepBefore();
    expect(codes(await apply(swap()))).toEqual([code]);
    unchanged();
  });

  it('where either has changed since', async () => {
    await make(FLAC);
    const plan = swap();
    appendFileSync(better, 'x');
    keepBefore();
    expect(codes(await apply(plan))).toEqual(['filing/changed']);
    unchanged();
  });

  it.each([
    ['the old file', () => old],
    ['the better one', () => better],
  ])('where %s is written to while the new one is made', async (_, which) => {
    await make(FLAC);
    const plan = swap();
    const acts = (_call: number, name: string): void => {
      if (name === 'assemble') appendFileSync(which(), 'x');
    };
    expect(codes(await apply(plan, { acts }))).toEqual([expect.stringMatching(/^(filing\/changed|swap\/)/)]);
    expect(readFileSync(which()).at(-1)).toBe(0x78);
    expect([...snapshot(place.at('music')).keys()].filter((name) => name.includes('.reprise-'))).toEqual([]);
    using parts = place.open();
    expect(parts.journal.entries({}).map(({ state }) => state)).toEqual(['abandoned']);
  });

  it('where it does not read back as it was written', async () => {
    await make(FLAC);
    keepBefore();
    using parts = place.open();
    const lying = { ...parts.tags, read: (file: BytePath) => parts.tags.read(file === old ? better : file) };
    const { items } = await applyPlan(swap(), { ...parts, tags: lying }, quietly());
    expect(codes(items)).toEqual(['swap/not-verified']);
    unchanged();
  });
});

describe('taken back', () => {
  beforeEach(() => make({ name: 'MP3', extension: 'mp3' }));

  it('where what came is nowhere else any more, keeps it in the trash', async () => {
    const before = readFileSync(old);
    const sound = heard(better);
    await apply(swap());
    rmSync(better);
    expect(codes(await undo())).toEqual([undefined]);
    expect(readFileSync(old).equals(before)).toBe(true);
    using parts = place.open();
    const [kept, ...others] = trashEntries(parts.journal);
    expect([kept?.from, others, heard(kept?.to ?? '')]).toEqual([old, [], sound]);
    // From there it can be taken out again, or be emptied.
    expect(codes(await takeBack(kept ? [kept] : [], parts, quietly()))).toEqual([undefined]);
    expect(heard(old)).toBe(sound);
    expect(trashEntries(parts.journal)).toEqual([]);
  });

  it('that was kept in the trash is emptied like anything else there', async () => {
    await apply(swap());
    rmSync(better);
    await undo();
    using parts = place.open();
    expect(codes(await emptyTrash(trashEntries(parts.journal), parts, quietly()))).toEqual([undefined]);
    expect([...snapshot(place.at('music')).keys()]).toEqual(['', '/A', '/A/B', '/A/B/01 Song.mp3', '/inbox']);
  });

  it('is refused where somebody has worked on the file since', async () => {
    await apply(swap());
    await tag(old, { TITLE: ['Newer'] });
    expect(codes(await undo())).toEqual(['undo/changed']);
  });

  it('the trash keeps the old sound where the new one has gone', async () => {
    await apply(swap());
    rmSync(old);
    using parts = place.open();
    expect(codes(await emptyTrash(trashEntries(parts.journal), parts, quietly()))).toEqual(['trash/last-copy']);
  });
});
