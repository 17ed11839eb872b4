/** What each form and encoding of a playlist names. */
import { describe, expect, it } from 'vitest';
import { type BytePath, pathFromBytes } from '#kernel';
import { isPlaylist } from './playlist-form.ts';
import { LARGEST_PLAYLIST_BYTES, MOST_ENTRIES, readPlaylist } from './read-playlist.ts';

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const utf8 = (text: string): Uint8Array => Buffer.from(text);
const utf16le = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le');
const utf16be = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

const entriesOf = (bytes: Uint8Array, name = 'list.m3u') => readPlaylist(bytes, `/m/p/${name}` as BytePath);
const pathsOf = (bytes: Uint8Array, name?: string): string[] => entriesOf(bytes, name).map(({ path }) => path);
const readingsOf = (bytes: Uint8Array, name?: string): string[][] =>
  entriesOf(bytes, name).map(({ readings }) => readings.map(({ path }) => path));

describe('an M3U playlist', () => {
  it('names a file a line, whatever ends the line', () => {
    expect(pathsOf(utf8('a.mp3\nb.mp3\r\nc.mp3\rd.mp3'))).toEqual([
      '/m/p/a.mp3',
      '/m/p/b.mp3',
      '/m/p/c.mp3',
      '/m/p/d.mp3',
    ]);
  });

  it('has comments, directives and blank lines, which name nothing', () => {
    expect(pathsOf(utf8('#EXTM3U\n#EXTINF:3,A - B\n\n \t\n  # c\na.mp3\n'))).toEqual(['/m/p/a.mp3']);
  });

  it('is read without blanks around a name, and they are not part of the range', () => {
    const bytes = utf8('#EXTM3U\n \ta b.mp3 \t\r\n');
    const [entry] = entriesOf(bytes);
    expect(entry?.path).toBe('/m/p/a b.mp3');
    expect(Buffer.from(bytes.subarray(entry?.start, entry?.end)).toString()).toBe('a b.mp3');
  });

  it('names nothing by a character that no path has', () => {
    expect(readingsOf(utf8('a\0b\n%00\n'))).toEqual([['/m/p/%00']]);
  });

  it('names nothing that is too long for a path', () => {
    expect(pathsOf(utf8(`${'a'.repeat(16_385)}\n${'%41'.repeat(4096)}\n`))).toEqual([`/m/p/${'%41'.repeat(4096)}`]);
  });

  it('is resolved from its folder, as text', () => {
    expect(pathsOf(utf8('./a\n../b\n../../../../c\nx/../d\nx//e\n/r/./f\n'))).toEqual([
      '/m/p/a',
      '/m/b',
      '/c',
      '/m/p/d',
      '/m/p/x/e',
      '/r/f',
    ]);
  });

  it('names files by URL, and nothing else by URL', () => {
    const urls = ['file:///r/a%20b', 'FILE:///r/c', 'file://localhost/r/d', 'file:/r/e'];
    const others = [
      'http://r/f',
      'file://host/r/g',
      'file:////host/r/h',
      'C:\\r\\i',
      'd:/r/j',
      '\\\\host\\r\\k',
      'rtsp://x',
    ];
    expect(pathsOf(utf8([...urls, ...others].join('\n')))).toEqual(['/r/a b', '/r/c', '/r/d', '/r/e']);
    expect(entriesOf(utf8(urls.join('\n'))).map(({ spelling }) => [spelling.kind, spelling.lead])).toEqual([
      ['file-url', 'file://'],
      ['file-url', 'FILE://'],
      ['file-url', 'file://localhost'],
      ['file-url', 'file:'],
    ]);
  });

  it('offers what escapes and backslashes may mean after what is written', () => {
    expect(readingsOf(utf8('a%20b'))).toEqual([['/m/p/a%20b', '/m/p/a b']]);
    expect(readingsOf(utf8('x\\a'))).toEqual([['/m/p/x\\a', '/m/p/x/a']]);
    expect(readingsOf(utf8('\\x\\a%41'))).toEqual([['/m/p/\\x\\a%41', '/x/a%41', '/m/p/\\x\\aA', '/x/aA']]);
    expect(readingsOf(utf8('100%.mp3'))).toEqual([['/m/p/100%.mp3']]);
    expect(readingsOf(utf8('file:///a%41'))).toEqual([['/aA', '/a%41']]);
  });
});

describe('the encoding of a playlist', () => {
  it('is UTF-8 where it can be, with and without a byte order mark', () => {
    for (const name of ['l.m3u', 'l.m3u8']) {
      expect(pathsOf(utf8('ä.mp3\n'), name)).toEqual(['/m/p/ä.mp3']);
      expect(pathsOf(utf8('\ufeffä.mp3\n'), name)).toEqual(['/m/p/ä.mp3']);
    }
  });

  it('is the bytes themselves or Windows-1252 where it is not UTF-8', () => {
    const bytes = pathFromBytes(latin('/m/p/\xe4\x80.mp3'));
    expect(readingsOf(latin('\xe4\x80.mp3\n'))).toEqual([[bytes, '/m/p/ä€.mp3']]);
    expect(readingsOf(latin('a.mp3\n\xe4\x80.mp3\n'))).toEqual([['/m/p/a.mp3'], [bytes, '/m/p/ä€.mp3']]);
  });

  it('is UTF-16 where a byte order mark says so, and ranges count bytes', () => {
    for (const bytes of [utf16le('#x\r\nä😀.mp3\r\n'), utf16be('#x\r\nä😀.mp3\r\n')]) {
      expect(entriesOf(bytes)).toMatchObject([{ path: '/m/p/ä😀.mp3', start: 10, end: 24 }]);
    }
  });

  it('never makes half a character into a byte', () => {
    expect(pathsOf(utf16le('\udc80.mp3'))).toEqual(['/m/p/\ufffd.mp3']);
    expect(pathsOf(Uint8Array.from([...utf16le('a'), 0x61]))).toEqual(['/m/p/a']);
  });
});

it('a PLS playlist names files by its File keys', () => {
  const text =
    '[playlist]\r\nFile1=a.mp3\r\nTitle1=File2=x\r\n file22 = /r/b c.mp3 \r\nFile3=\r\nFile4=http://x/y\r\nNumberOfEntries=3\r\n';
  expect(pathsOf(utf8(text), 'l.pls')).toEqual(['/m/p/a.mp3', '/r/b c.mp3']);
});

describe('an XSPF playlist', () => {
  const inTracks = (...locations: string[]): Uint8Array =>
    utf8(
      `<?xml version="1.0" encoding="UTF-8"?>\n<playlist version="1" xmlns="http://xspf.org/ns/0/"><location>own.xspf</location><trackList>${locations
        .map((location) => `<track>\n  ${location}<title>x</title></track>`)
        .join('\n')}</trackList></playlist>\n`,
    );
  const named = (...locations: string[]): string[] => pathsOf(inTracks(...locations), 'l.xspf');

  it('names files by the locations of its tracks', () => {
    expect(named('<location>file:///r/a%20b.mp3</location>', '<location>../c&amp;d&#x27;&#39;.mp3</location>')).toEqual(
      ['/r/a b.mp3', "/m/c&d''.mp3"],
    );
  });

  it('is read with CDATA, prefixes, attributes and blanks', () => {
    expect(
      named(
        '<location>\n <![CDATA[a&b.mp3]]>\n</location>',
        '<x:location a=">">\tc.mp3\n</x:location>',
        "<location b='/>'>d</location>",
      ),
    ).toEqual(['/m/p/a&b.mp3', '/m/p/c.mp3', '/m/p/d']);
  });

  it('names nothing in comments, in images, outside of tracks, by other schemes or by unknown entities', () => {
    expect(
      named(
        '<!-- <location>a</location> -->',
        '<image>b</image>',
        '<location>http://x/c</location>',
        '<location>spotify:track:d</location>',
        '<location>&e;</location>',
        '<location>f&amp</location>',
        '<location>g<!-- h --></location>',
        '<location>i<![CDATA[j]]></location>',
        '<location>k&#xDC80;</location>',
        '<location>l&#0;</location>',
        '<location/>',
        '<location></location>',
      ),
    ).toEqual([]);
  });

  it('has no track where the element is empty', () => {
    expect(pathsOf(utf8('<trackList><track/></trackList><location>a</location>'), 'l.xspf')).toEqual([]);
  });

  it('has no relative locations where something else is the base', () => {
    const text = Buffer.from(inTracks('<location>a</location>', '<location>file:///b</location>')).toString();
    expect(pathsOf(utf8(text.replace('<trackList>', '<trackList xml:base="file:///z/">')), 'l.xspf')).toEqual(['/b']);
  });

  it('is read up to where its markup breaks off', () => {
    const bytes = inTracks('<location>a</location>', '<location>b</location>');
    const tail = 'location><title>x</title></track></trackList></playlist>\n'.length;
    expect(pathsOf(bytes.subarray(0, bytes.length - tail), 'l.xspf')).toEqual(['/m/p/a']);
  });

  it('costs no more time where every tag is left open', () => {
    expect(pathsOf(utf8('<"<track><location '.repeat(200_000)), 'l.xspf')).toEqual([]);
  });
});

it('refuses what is larger than a playlist can be', () => {
  expect(() => entriesOf(new Uint8Array(LARGEST_PLAYLIST_BYTES + 1))).toThrow(
    expect.objectContaining({ code: 'playlist/too-large', kind: 'unsupported' }),
  );
  expect(entriesOf(new Uint8Array(LARGEST_PLAYLIST_BYTES).fill(0x0a))).toEqual([]);
  expect(() => entriesOf(utf8('a\n'.repeat(MOST_ENTRIES + 1)))).toThrow(
    expect.objectContaining({ code: 'playlist/too-large' }),
  );
  expect(entriesOf(utf8('a\n'.repeat(MOST_ENTRIES)))).toHaveLength(MOST_ENTRIES);
});

it('knows playlists by their extension', () => {
  const names = ['a.m3u', 'a.M3U8', 'a.pls', 'a.xspf', 'a.mp3', '.m3u', 'm3u', 'a.m3u.bak'];
  expect(names.filter((name) => isPlaylist(`/${name}` as BytePath))).toEqual(['a.m3u', 'a.M3U8', 'a.pls', 'a.xspf']);
});
