/** Right playlists with bytes changed, cut and doubled: an answer that holds together, or an AppError; never a crash. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError, type BytePath } from '#kernel';
import { indexEdits } from './edit-index.ts';
import { readPlaylist } from './read-playlist.ts';
import { editsNamedIn, rewritePlaylist } from './rewrite-playlist.ts';

const RIGHT = [
  '#EXTM3U\r\n#EXTINF:1,x\r\na\\b c.mp3\r\n ../ä.mp3 \r\nfile:///m/x%20y%C3%A4.mp3\n/m/z.mp3\rhttp://x/y\n',
  '[playlist]\nFile1=a/b.mp3\nTitle1=x\nFile2=FILE://localhost/m/%e4\nNumberOfEntries=2\n',
  '<?xml version="1.0"?><!-- c --><playlist><trackList><track><location>file:///m/a&amp;b.mp3</location></track><track><location><![CDATA[../c d]]></location></track></trackList></playlist>',
];
const bytesOf = (text: string): Uint8Array[] => [
  Buffer.from(text),
  Buffer.from(text, 'latin1'),
  Buffer.from(`\ufeff${text}`, 'utf16le'),
  Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
];

const step = fc.record({
  at: fc.nat(300),
  kind: fc.constantFrom('change', 'cut', 'double', 'insert'),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('<>&;%#/\\.=:"\n\r \0[]!'))),
});
const damaged = fc
  .tuple(fc.constantFrom(...RIGHT.flatMap(bytesOf)), fc.array(step, { maxLength: 6 }))
  .map(([bytes, steps]) => {
    let list = [...bytes];
    for (const { at, kind, byte } of steps) {
      const place = at % (list.length + 1);
      if (kind === 'change') list[place] = byte;
      else if (kind === 'cut') list = list.slice(0, place);
      else list.splice(place, 0, ...(kind === 'insert' ? [byte] : list.slice(place)));
    }
    return Uint8Array.from(list);
  });
const anyBytes = fc.oneof(damaged, fc.uint8Array({ maxLength: 200 }));
const anyList = fc.constantFrom('/m/p/l.m3u', '/m/p/l.m3u8', '/m/p/l.pls', '/m/p/l.xspf').map((at) => at as BytePath);
const goal = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).map((text) => {
  const name = text.replace(/[/\0]/g, '_').replace(/^\.{1,2}$/, '_');
  return `/m/${name}` as BytePath;
});

it('answers whatever there is', () => {
  fc.assert(
    fc.property(anyBytes, anyList, fc.array(goal, { minLength: 1, maxLength: 3 }), (bytes, at, goals) => {
      const entries = readPlaylist(bytes, at);
      let last = 0;
      for (const { start, end, path, readings } of entries) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(path).toMatch(/^\//);
        expect(readings.length).toBeGreaterThan(0);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(bytes.length);

      const named = entries.flatMap(({ readings }) => readings.map(({ path }) => path));
      const edits = named.slice(0, 5).map((from, n) => ({ from, to: goals[n % goals.length] as BytePath }));
      const asked = editsNamedIn(bytes, at, indexEdits(edits));
      const whole = answer(() => rewritePlaylist(bytes, at, edits));
      expect(answer(() => rewritePlaylist(bytes, at, asked))).toEqual(whole);
      if (whole instanceof AppError) return;
      expect(readPlaylist(whole.bytes, at)).toHaveLength(entries.length);
      expect(whole.changed).toBeLessThanOrEqual(entries.length);
    }),
    { numRuns: 3000 },
  );
});

/** The result, or the AppError; anything else is thrown on. */
function answer<T>(work: () => T): T | AppError {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError && error.code === 'playlist/unspeakable') return error;
    throw error;
  }
}
