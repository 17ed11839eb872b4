/** Sound and tags told apart and joined, in files as they are made and in files that are broken. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteSource } from '#filing';
import { AppError, type BytePath } from '#kernel';
import { ffmpeg, heard, makeSound, picture, RICH, tag, withTagLib } from '../../../test/support/tagged.ts';
import { createTagWriter } from './index.ts';

const home = mkdtempSync(path.join(tmpdir(), 'reprise-tag-writer-'));
afterAll(() => rmSync(home, { recursive: true }));
const at = (name: string): string => path.join(home, name);

const writer = createTagWriter();

function sourceOf(bytes: Uint8Array, name = 'a file'): ByteSource {
  const read = (start: number, end: number): Uint8Array => bytes.slice(start, Math.max(start, end));
  return { path: name as BytePath, sizeBytes: bytes.length, read };
}

const fileOf = (name: string): ByteSource => sourceOf(readFileSync(at(name)), at(name));
const whole = (pieces: Iterable<Uint8Array>): Buffer => Buffer.concat([...pieces]);

function graft(sound: ByteSource, tags: ByteSource): Buffer {
  const made = whole(writer.graft(sound, tags));
  const source = sourceOf(made);
  expect(whole(writer.soundOf(source)).equals(whole(writer.soundOf(sound)))).toBe(true);
  expect(whole(writer.tagsOf(source)).equals(whole(writer.tagsOf(tags)))).toBe(true);
  return made;
}

const EXTENSIONS = ['mp3', 'flac', 'ogg', 'opus', 'm4a', 'wav', 'aiff', 'wv', 'tta', 'aac'];

beforeAll(async () => {
  for (const extension of EXTENSIONS) {
    const args = extension === 'ogg' ? ['-c:a', 'libvorbis'] : [];
    makeSound(at(`one.${extension}`), { hz: 440, seconds: 0.2, args });
    makeSound(at(`other.${extension}`), { hz: 660, seconds: 0.3, args });
    await tag(at(`one.${extension}`), RICH, picture(7, 40));
  }
});

describe.each(EXTENSIONS)('%s', (extension) => {
  const [one, other] = [`one.${extension}`, `other.${extension}`];

  it('is the same where it takes its own tags', () => {
    const made = graft(fileOf(one), fileOf(one));
    expect(graft(sourceOf(made), fileOf(one)).equals(made)).toBe(true);
    writeFileSync(at('made'), made);
    expect(heard(at('made'))).toBe(heard(at(one)));
  });

  it('law: there and back again is where it was', () => {
    const there = graft(fileOf(other), fileOf(one));
    expect(graft(sourceOf(there), fileOf(other)).equals(graft(fileOf(other), fileOf(other)))).toBe(true);
  });

  it('law: however it is broken, it is told, or nothing of it gets lost', () => {
    const bytes = readFileSync(at(one));
    const place = fc.oneof(fc.nat(Math.min(2000, bytes.length - 1)), fc.nat(bytes.length - 1));
    const harm = fc.record({ place, cut: fc.nat(64), insert: fc.uint8Array({ maxLength: 16 }) });
    const broken = fc.array(harm, { minLength: 1, maxLength: 3 }).map((harms) =>
      harms.reduce((rest, { place: from, cut, insert }) => {
        return Buffer.concat([rest.subarray(0, from), insert, rest.subarray(from + cut)]);
      }, bytes),
    );
    fc.assert(
      fc.property(broken, fc.boolean(), (harmed, isSound) => {
        const [sound, tags] = isSound ? [sourceOf(harmed), fileOf(other)] : [fileOf(other), sourceOf(harmed)];
        try {
          graft(sound, tags);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toMatch(/^swap\//);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function code(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'done';
}

describe('is not joined', () => {
  it('what is of two containers', () => {
    for (const a of EXTENSIONS) {
      for (const b of EXTENSIONS.filter((each) => each !== a)) {
        expect([a, b, code(() => graft(fileOf(`one.${a}`), fileOf(`one.${b}`)))]).toEqual([
          a,
          b,
          'swap/other-container',
        ]);
      }
    }
  });

  it.each([
    ['an MPEG-4 file in fragments', 'f.m4a', ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']],
    ['FLAC in Ogg', 'f.ogg', ['-c:a', 'flac']],
    ['a WAV of 64 bits', 'f.wav', ['-rf64', 'always']],
    ['Matroska', 'f.mka', ['-c:a', 'flac']],
  ])('%s', (_, name, args) => {
    makeSound(at(name), { hz: 440, seconds: 0.2, args });
    expect(code(() => graft(fileOf(name), fileOf(name)))).toBe('swap/unsupported');
  });

  it('Ogg with a second stream behind the first', () => {
    const two = Buffer.concat([readFileSync(at('one.opus')), readFileSync(at('other.opus'))]);
    expect(code(() => graft(sourceOf(two), fileOf('one.opus')))).toBe('swap/unsupported');
  });

  it('WAV with something behind its end', () => {
    const more = Buffer.concat([readFileSync(at('one.wav')), Buffer.from('more')]);
    expect(code(() => graft(sourceOf(more), fileOf('one.wav')))).toBe('swap/unsupported');
  });
});

/** A block of ID3v2.4 without frames, told by header and footer. */
const WITH_FOOTER = Buffer.from('ID3\x04\0\x10\0\0\0\x05\0\0\0\0\x003DI\x04\0\x10\0\0\0\x05', 'latin1');
const LYRICS = Buffer.from('LYRICSBEGININD0000210LYR00005hello000038LYRICS200', 'latin1');

it('tags that stand around a stream are found, whichever and in whatever order', () => {
  const bare = whole(writer.soundOf(fileOf('other.mp3')));
  const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)]);
  const enhanced = Buffer.concat([Buffer.from('TAG+'), Buffer.alloc(223), id3v1]);
  const lyrics = Buffer.from(LYRICS.toString('latin1').replace('000038', String(LYRICS.length - 15).padStart(6, '0')));
  const ape = Buffer.concat([Buffer.from('APETAGEX'), Buffer.from([0xe8, 3, 0, 0, 32, 0, 0, 0]), Buffer.alloc(16)]);
  for (const tail of [[id3v1], [enhanced], [lyrics, id3v1], [ape, id3v1], [ape], [WITH_FOOTER], [WITH_FOOTER, ape]]) {
    for (const head of [[], [WITH_FOOTER], [WITH_FOOTER, WITH_FOOTER]]) {
      const file = Buffer.concat([...head, bare, ...tail]);
      expect(whole(writer.soundOf(sourceOf(file))).equals(bare)).toBe(true);
      expect(graft(fileOf('one.mp3'), sourceOf(file)).subarray(-Buffer.concat(tail).length)).toEqual(
        file.subarray(-Buffer.concat(tail).length),
      );
    }
  }
});

it('FLAC keeps what stands around it, and the name of its own encoder', () => {
  const flac = Buffer.concat([WITH_FOOTER, readFileSync(at('one.flac')), Buffer.from('TAG'), Buffer.alloc(125)]);
  const made = graft(fileOf('other.flac'), sourceOf(flac));
  expect(made.subarray(0, WITH_FOOTER.length).equals(WITH_FOOTER)).toBe(true);
  expect(made.subarray(-128, -125).toString()).toBe('TAG');
  const named = readFileSync(at('other.flac'));
  named.write('NOBODY', named.indexOf('ffmpeg'));
  expect(graft(sourceOf(named), fileOf('one.flac')).includes('NOBODY')).toBe(true);
});

it('an MPEG-4 file with chapters keeps them', async () => {
  const chapters = ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=100\ntitle=first\n';
  writeFileSync(at('chapters.txt'), chapters);
  ffmpeg('-i', at('one.m4a'), '-i', at('chapters.txt'), '-map', '0:a', '-map_chapters', '1', '-c', 'copy', at('c.m4a'));
  const made = graft(fileOf('other.m4a'), fileOf('c.m4a'));
  writeFileSync(at('made.m4a'), made);
  expect(made.includes('chpl')).toBe(true);
  expect(heard(at('made.m4a'))).toBe(heard(at('other.m4a')));
  expect(await withTagLib(at('made.m4a'), (file) => file.isValid())).toBe(true);
});
