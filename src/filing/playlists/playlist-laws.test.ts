/** What holds for every playlist in the spelling that we write ourselves: there and back, and nothing beside. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import { relativePath, resolvePath } from './lexical-path.ts';
import { percentEncoded, percentHabit } from './percent.ts';
import { readPlaylist } from './read-playlist.ts';
import { rewritePlaylist } from './rewrite-playlist.ts';

type Spell = (path: BytePath, folder: BytePath) => string;

const nameChar = fc.constantFrom(..."abcXYZ019 -_.,()[]&'!+=~äéñ€ŽЖ日\u0301😀%#;@");
const name = fc
  .string({ unit: nameChar, minLength: 1, maxLength: 12 })
  .filter((text) => !/^\.{1,2}$/.test(text) && text.trim() === text && !text.startsWith('#'))
  // A name in another normal form is another name, and belongs to a test of its own.
  .map((text) => text.normalize());
const filePath = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}` as BytePath);

const noHabit = percentHabit([]);
const escaped = (path: BytePath): string => percentEncoded(path, noHabit);
const SPELLINGS: Readonly<Record<string, Spell>> = {
  relative: (path, folder) => relativePath(folder, path),
  absolute: (path) => path,
  url: (path) => `file://${escaped(path)}`,
  windows: (path, folder) => relativePath(folder, path).replaceAll('/', '\\'),
};
const inLines = (end: string) => (locations: string[]) => `#EXTM3U${end}${locations.join(end)}${end}`;
const FORMS: readonly [string, BufferEncoding, string, (locations: string[]) => string][] = [
  ['l.m3u', 'utf8', '', inLines('\n')],
  ['l.m3u8', 'utf8', '\ufeff', inLines('\r\n')],
  ['l.m3u', 'utf16le', '\ufeff', inLines('\r')],
  ['l.pls', 'utf8', '', (all) => `[playlist]\n${all.map((one, n) => `File${n + 1}=${one}\nLength${n}=3\n`).join('')}`],
  [
    'l.xspf',
    'utf8',
    '',
    (all) =>
      `<playlist><trackList>${all.map((one) => `<track><location>${one.replaceAll('&', '&amp;')}</location></track>`).join('\n')}</trackList></playlist>`,
  ],
];

const playlist = fc
  .record({
    form: fc.constantFrom(...FORMS),
    spelling: fc.constantFrom(...Object.keys(SPELLINGS)),
    folder: filePath,
    paths: fc.uniqueArray(filePath, { minLength: 1, maxLength: 8 }),
    others: fc.uniqueArray(filePath, { minLength: 3, maxLength: 3 }),
  })
  .map(({ form, spelling, folder, paths, others }) => {
    const [file, encoding, mark, layOut] = form;
    // XSPF is URIs throughout: relative ones are escaped as well.
    const isUri = file === 'l.xspf';
    const spell: Spell = isUri
      ? (path, at) => (spelling === 'url' ? `file://${escaped(path)}` : escaped(relativePath(at, path)))
      : (SPELLINGS[spelling] as Spell);
    const text = mark + layOut(paths.map((path) => spell(path, folder)));
    const fresh = others.filter((other) => !paths.includes(other));
    return { bytes: Buffer.from(text, encoding), at: `${folder}/${file}` as BytePath, paths, fresh };
  })
  // A location that begins like a scheme or a comment is not one that we would write.
  .filter(({ bytes, at, paths }) => readPlaylist(bytes, at).length === paths.length);

it('without edits of what it names, a playlist is the same array', () => {
  fc.assert(
    fc.property(playlist, ({ bytes, at, fresh }) => {
      expect(rewritePlaylist(bytes, at, []).bytes).toBe(bytes);
      const swap = fresh.map((from, n) => ({ from, to: fresh[(n + 1) % fresh.length] as BytePath }));
      const named = new Set(readPlaylist(bytes, at).flatMap(({ readings }) => readings.map(({ path }) => path)));
      fc.pre(!fresh.some((path) => named.has(path)));
      expect(rewritePlaylist(bytes, at, swap)).toEqual({ bytes, changed: 0 });
    }),
  );
});

it('a name that goes there and back leaves the playlist as it was', () => {
  fc.assert(
    fc.property(playlist, fc.nat(), ({ bytes, at, paths, fresh }, n) => {
      const [to] = fresh;
      fc.pre(to !== undefined);
      const from = paths[n % paths.length] as BytePath;
      const there = rewritePlaylist(bytes, at, [{ from, to }]);
      expect(there.changed).toBe(1);
      const back = rewritePlaylist(there.bytes, at, [{ from: to, to: from }]);
      expect(Buffer.from(back.bytes)).toEqual(bytes);
    }),
    { numRuns: 500 },
  );
});

it('entries keep their number and order, and those without an edit keep their bytes', () => {
  fc.assert(
    fc.property(playlist, fc.nat(), ({ bytes, at, paths, fresh }, n) => {
      const [to] = fresh;
      fc.pre(to !== undefined);
      const from = paths[n % paths.length] as BytePath;
      const before = readPlaylist(bytes, at);
      const written = Buffer.from(rewritePlaylist(bytes, at, [{ from, to }]).bytes);
      const after = readPlaylist(written, at);
      expect(after).toHaveLength(before.length);
      for (const [index, entry] of before.entries()) {
        const now = after[index];
        const isEdited = entry.readings.some(({ path }) => path === from);
        if (isEdited) expect(now?.readings.map(({ path }) => path)).toContain(to);
        else expect(written.subarray(now?.start, now?.end)).toEqual(bytes.subarray(entry.start, entry.end));
      }
      const without = (all: Buffer, entries: typeof before): Buffer =>
        Buffer.concat(
          [...entries, { start: all.length, end: 0 }].map(({ start }, index) =>
            all.subarray(entries[index - 1]?.end ?? 0, start),
          ),
        );
      expect(without(written, after)).toEqual(without(bytes, before));
    }),
    { numRuns: 500 },
  );
});

it('a relative path leads from the folder to the file, whatever its bytes', () => {
  const anyName = fc
    .uint8Array({ minLength: 1, maxLength: 8 })
    .map((bytes) => pathFromBytes(bytes.map((byte) => (byte === 0x2f || byte === 0 ? 0xe4 : byte))))
    .filter((text) => !/^\.{1,2}$/.test(text));
  const anyPath = fc.array(anyName, { maxLength: 5 }).map((names) => `/${names.join('/')}` as BytePath);
  fc.assert(
    fc.property(anyPath, anyPath, (folder, path) => {
      expect(resolvePath(folder, relativePath(folder, path))).toBe(path);
    }),
  );
});

it('every path of bytes can be named in a UTF-8 playlist by a URL', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 12 }), (bytes) => {
      const name = pathFromBytes(bytes.map((byte) => (byte === 0x2f || byte === 0 ? 0x0a : byte)));
      fc.pre(!/^\.{1,2}$/.test(name));
      const to = `/m/${name}` as BytePath;
      const edits = [{ from: '/a' as BytePath, to }];
      const written = rewritePlaylist(Buffer.from('file:///a\n'), '/l.m3u8' as BytePath, edits).bytes;
      expect(readPlaylist(written, '/l.m3u8' as BytePath)[0]?.path).toBe(to);
      expect(bytesOfPath(to)).toHaveLength(bytes.length + 3);
    }),
  );
});
