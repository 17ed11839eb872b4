/** Names that follow their files, in playlists as programs write them. */
import { describe, expect, it } from 'vitest';
import { type BytePath, pathFromBytes } from '#kernel';
import { indexEdits } from './edit-index.ts';
import { editsNamedIn, rewritePlaylist } from './rewrite-playlist.ts';

const path = (text: string): BytePath => text as BytePath;
const latinPath = (text: string): BytePath => pathFromBytes(Buffer.from(text, 'latin1'));
const edit = (from: string, to: string) => ({ from: path(from), to: path(to) });

/** The rewritten text, all of it in one encoding. */
function rewritten(
  text: string,
  edits: readonly { from: BytePath; to: BytePath }[],
  { at = '/m/list.m3u', encoding = 'utf8' as BufferEncoding, isThere = (_: BytePath): boolean => false } = {},
): string {
  return Buffer.from(rewritePlaylist(Buffer.from(text, encoding), path(at), edits, isThere).bytes).toString(encoding);
}

describe('playlists of real programs', () => {
  it('foobar2000: UTF-8 with a byte order mark, CRLF, relative with backslashes', () => {
    const before = '\ufeff#\r\nRock\\Bänd\\01 Söng.flac\r\nRock\\other.flac\r\n';
    const after = '\ufeff#\r\nArchive\\Bänd\\1 ✓.flac\r\nRock\\other.flac\r\n';
    expect(
      rewritten(before, [edit('/m/Rock/Bänd/01 Söng.flac', '/m/Archive/Bänd/1 ✓.flac')], { at: '/m/l.m3u8' }),
    ).toBe(after);
  });

  it('Winamp: Windows-1252, CRLF, extended', () => {
    const before = '#EXTM3U\r\n#EXTINF:241,Bj\xf6rk - J\xf3ga\r\nBj\xf6rk\\J\xf3ga.mp3\r\n#EXTINF:1,x\r\nx.mp3\r\n';
    const after =
      '#EXTM3U\r\n#EXTINF:241,Bj\xf6rk - J\xf3ga\r\nBj\xf6rk\\J\xf3ga \x96 1997.mp3\r\n#EXTINF:1,x\r\n\xe9.mp3\r\n';
    const edits = [edit('/m/Björk/Jóga.mp3', '/m/Björk/Jóga – 1997.mp3'), edit('/m/x.mp3', '/m/é.mp3')];
    expect(rewritten(before, edits, { encoding: 'latin1' })).toBe(after);
  });

  it('Winamp: PLS', () => {
    const before =
      '[playlist]\r\nFile1=a\\b.mp3\r\nTitle1=a\\b.mp3\r\nLength1=-1\r\nNumberOfEntries=1\r\nVersion=2\r\n';
    expect(rewritten(before, [edit('/m/a/b.mp3', '/m/c.mp3')], { at: '/m/l.pls' })).toBe(
      before.replace('=a\\b.mp3', '=c.mp3'),
    );
  });

  it('VLC: XSPF that escapes nearly everything', () => {
    const before = `<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
\t<trackList>
\t\t<track>
\t\t\t<location>file:///m/S%C3%B6ng%20%281%29%21.mp3</location>
\t\t\t<title>file:///m/S%C3%B6ng%20%281%29%21.mp3</title>
\t\t\t<extension application="http://www.videolan.org/vlc/playlist/0"><vlc:id>0</vlc:id></extension>
\t\t</track>
\t</trackList>
</playlist>
`;
    const after = before
      .replace('%C3%B6ng%20%281%29%21', '%C3%A4y%20%26%20I%27m%20%282%29')
      .replace('/m/S%C3%A4y', '/n/S%C3%A4y');
    expect(rewritten(before, [edit('/m/Söng (1)!.mp3', "/n/Säy & I'm (2).mp3")], { at: '/m/l.xspf' })).toBe(after);
  });

  it('VLC: M3U with escaped relative names and its own directives', () => {
    const before = '#EXTM3U\n#EXTINF:3,a b\n#EXTVLCOPT:start-time=1\na%20b.mp3\n';
    expect(rewritten(before, [edit('/m/a b.mp3', '/m/x/c d.mp3')])).toBe(before.replace('a%20b.mp3', 'x/c%20d.mp3'));
  });

  it('mpd: absolute names as bytes, of which not all are UTF-8', () => {
    const listOf = (name: string): Buffer =>
      Buffer.concat([Buffer.from('/m/ä.flac\n'), Buffer.from(`/m/${name}\n`, 'latin1')]);
    const edits = [{ from: latinPath('/m/\xe4.flac'), to: latinPath('/m/\xf6/\xe4.flac') }];
    const { bytes } = rewritePlaylist(listOf('\xe4.flac'), path('/p/l.m3u'), edits);
    expect(Buffer.from(bytes)).toEqual(listOf('\xf6/\xe4.flac'));
  });

  it('mpd: a name that is not UTF-8 comes into a playlist that was', () => {
    const { bytes } = rewritePlaylist(Buffer.from('ä.mp3\nb.mp3\n'), path('/m/l.m3u'), [
      { from: path('/m/b.mp3'), to: latinPath('/m/\xe4.mp3') },
    ]);
    expect(Buffer.from(bytes)).toEqual(Buffer.concat([Buffer.from('ä.mp3\n'), Buffer.from('\xe4.mp3\n', 'latin1')]));
  });

  it('Clementine and Strawberry: XSPF that escapes little, with relative locations', () => {
    const before = `<?xml version="1.0" encoding="UTF-8"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>Tom%20&amp;%20Eve/(What)%20I'm.mp3</location><title>Tom &amp; Eve</title><image>Tom%20&amp;%20Eve/cover.jpg</image></track></trackList></playlist>`;
    const after = before.replace("Tom%20&amp;%20Eve/(What)%20I'm.mp3", "../x/Tom%20&amp;%20(Eve)/I'm.mp3");
    expect(
      rewritten(before, [edit("/m/Tom & Eve/(What) I'm.mp3", "/x/Tom & (Eve)/I'm.mp3")], { at: '/m/l.xspf' }),
    ).toBe(after);
  });

  it('iTunes: M3U with carriage returns alone, and Unicode text', () => {
    const before = '#EXTM3U\r#EXTINF:217,Jóga - Björk\r/m/Björk/Jóga.m4a\r';
    const edits = [edit('/m/Björk/Jóga.m4a', '/n/Jóga.m4a')];
    expect(rewritten(before, edits, { at: '/m/l.m3u8' })).toBe(before.replace('/m/Björk/Jóga.m4a', '/n/Jóga.m4a'));
    const wide = `\ufeff${before.replaceAll('\r', '\r\n')}`;
    expect(rewritten(wide, edits, { encoding: 'utf16le' })).toBe(wide.replace('/m/Björk/Jóga.m4a', '/n/Jóga.m4a'));
  });

  it('Rhythmbox and GNOME: file URLs in PLS and M3U', () => {
    const edits = [edit('/m/a b.mp3', '/m/ü.mp3')];
    expect(rewritten('[playlist]\nX-GNOME-Title=x\nFile1=file:///m/a%20b.mp3\n', edits, { at: '/l.pls' })).toContain(
      'File1=file:///m/%C3%BC.mp3\n',
    );
    expect(rewritten('FILE://localhost/m/a%20b.mp3\n', edits)).toBe('FILE://localhost/m/%C3%BC.mp3\n');
    expect(rewritten('file:///m/x%c3%a9%20\nfile:///m/a%20b.mp3\n', edits)).toBe(
      'file:///m/x%c3%a9%20\nfile:///m/%c3%bc.mp3\n',
    );
  });
});

describe('the spelling', () => {
  it('stays relative to the folder of the playlist, with ./ where it was', () => {
    const edits = [edit('/m/a/x.mp3', '/m/b/y.mp3')];
    expect(rewritten('../a/x.mp3\n', edits, { at: '/m/p/l.m3u' })).toBe('../b/y.mp3\n');
    expect(rewritten('./a/x.mp3\n', edits)).toBe('./b/y.mp3\n');
    expect(rewritten('.\\a\\x.mp3\n', edits)).toBe('.\\b\\y.mp3\n');
    expect(rewritten('./x.mp3\n', edits, { at: '/m/a/l.m3u' })).toBe('../b/y.mp3\n');
  });

  it('puts ./ before names that would be something else', () => {
    for (const name of ['#1.mp3', ' a.mp3', 'file:/x/a.mp3', 'c:/a.mp3']) {
      expect(rewritten('a.mp3\n', [edit('/m/a.mp3', `/m/${name}`)])).toBe(`./${name}\n`);
    }
  });

  it('keeps the blanks around a name, and a missing line end', () => {
    expect(rewritten(' \ta.mp3\t \r\n  a.mp3', [edit('/m/a.mp3', '/m/b.mp3')])).toBe(' \tb.mp3\t \r\n  b.mp3');
  });

  it('escapes what the playlist escapes, and what would end a name in any case', () => {
    const moved = (from: string, to: string): readonly { from: BytePath; to: BytePath }[] => [
      edit(`/m/${from}`, `/m/${to}`),
    ];
    expect(rewritten('file:///m/%2Da\n', moved('-a', '-b'))).toBe('file:///m/%2Db\n');
    expect(rewritten('file:///m/#1?\n', moved('#1?', '#2?'))).toBe('file:///m/%232%3F\n');
    expect(rewritten('file:///m/1%\n', moved('1%', '2%'))).toBe('file:///m/2%25\n');
    expect(rewritten('<track><location>a&amp;b</location></track>', moved('a&b', 'c&;'), { at: '/m/l.xspf' })).toBe(
      '<track><location>c&amp;%3B</location></track>',
    );
    const wide = '\ufeff#EXTM3U\n#EXTINF:3,longer than the name below\n';
    expect(rewritten(`${wide}file:///m/ö a%c3%a4\n`, moved('ö aä', 'b cü'), { encoding: 'utf16le' })).toBe(
      `${wide}file:///m/b c%c3%bc\n`,
    );
  });

  it('escapes bytes that are no text, also where letters stand for themselves', () => {
    const edits = [{ from: path('/m/ä'), to: latinPath('/m/\xe4') }];
    expect(rewritten('file:///m/ä\n', edits, { at: '/m/l.m3u8' })).toBe('file:///m/%E4\n');
  });

  it('is left as it was where the file keeps its name', () => {
    expect(rewritten('x//a.mp3\n', [edit('/m/x/a.mp3', '/m/x/a.mp3')])).toBe('x//a.mp3\n');
  });

  it('keeps CDATA', () => {
    const xml = (name: string): string => `<track><location><![CDATA[${name}]]></location></track>`;
    expect(rewritten(xml('a&b'), [edit('/m/a&b', '/m/c&d')], { at: '/m/l.xspf' })).toBe(xml('c&d'));
  });
});

describe('which name is meant', () => {
  const edits = [edit('/m/a b.mp3', '/m/c.mp3')];

  it('is the escaped one only where the literal one is not there', () => {
    expect(rewritten('a%20b.mp3\n', edits)).toBe('c.mp3\n');
    expect(rewritten('a%20b.mp3\n', edits, { isThere: (is) => is === '/m/a%20b.mp3' })).toBe('a%20b.mp3\n');
  });

  it('is the literal one where both were moved', () => {
    expect(rewritten('a%20b.mp3\n', [...edits, edit('/m/a%20b.mp3', '/m/d.mp3')])).toBe('d.mp3\n');
  });

  it('may be composed otherwise in Unicode, where no exact one is there', () => {
    const decomposed = 'u\u0308.mp3';
    const composed = '\u00fc.mp3';
    const moved = [edit(`/m/${decomposed}`, '/m/x.mp3')];
    expect(rewritten(`${composed}\n`, moved)).toBe('x.mp3\n');
    expect(rewritten(`${composed}\n`, moved, { isThere: (is) => is === `/m/${composed}` })).toBe(`${composed}\n`);
    expect(rewritten(`${composed}\n`, [...moved, edit(`/m/${composed}`, '/m/y.mp3')])).toBe('y.mp3\n');
  });

  it('is nobody’s where two edited names are equal to it in Unicode alone', () => {
    const [mixed, ...twins] = ['u\u0308\u00fc', 'u\u0308u\u0308', '\u00fc\u00fc'];
    const both = twins.map((twin, n) => edit(`/m/${twin}`, `/m/${n}`));
    expect(rewritten(`${mixed}\n`, both)).toBe(`${mixed}\n`);
    // The short list of edits does the same as the long one.
    const named = editsNamedIn(Buffer.from(`${mixed}\n`), path('/m/l.m3u'), indexEdits(both));
    expect(named).toEqual(both);
  });

  it('is exchanged at once', () => {
    const swap = [edit('/m/a', '/m/b'), edit('/m/b', '/m/a')];
    expect(rewritten('a\nb\na\n', swap)).toBe('b\na\nb\n');
  });
});

describe('a playlist that cannot name the file', () => {
  const refused = (text: Uint8Array, to: BytePath, at = '/m/l.m3u') =>
    expect(() => rewritePlaylist(text, path(at), [{ from: path('/m/a.mp3'), to }]), to).toThrow(
      expect.objectContaining({
        code: 'playlist/unspeakable',
        kind: 'unsupported',
        message: expect.stringContaining(at),
      }),
    );

  it('is refused: letters outside of its encoding', () => {
    refused(Buffer.from('\xe9.mp3\na.mp3\n', 'latin1'), path('/m/Ж.mp3'));
    refused(Buffer.from('\xe9.mp3\na.mp3\n', 'latin1'), path('/m/😀.mp3'));
    refused(Buffer.from('a.mp3\n'), latinPath('/m/\xe9.mp3'), '/m/l.m3u8');
    refused(Buffer.from('\ufeffa.mp3\n'), latinPath('/m/\xe9.mp3'));
    refused(Buffer.from('\ufeffa.mp3\n', 'utf16le'), latinPath('/m/\xe9.mp3'));
  });

  it('is refused: line ends, blanks at the end, backslashes among backslashes', () => {
    refused(Buffer.from('a.mp3\n'), path('/m/x\ny.mp3'));
    refused(Buffer.from('a.mp3\n'), path('/m/x.mp3 '));
    refused(Buffer.from('..\\m\\a.mp3\n'), path('/m/x\\y.mp3'));
  });

  it('is refused: control characters in XML that nobody escapes', () => {
    const list = (location: string): Buffer => Buffer.from(`<track><location>${location}</location></track>`);
    const edits = [edit('/m/100%25.mp3', '/m/\u0001.mp3')];
    const rewrite = (location: string) => Buffer.from(rewritePlaylist(list(location), path('/m/l.xspf'), edits).bytes);
    expect(() => rewrite('100%25.mp3')).toThrow(expect.objectContaining({ code: 'playlist/unspeakable' }));
    expect(rewrite('100%2525.mp3')).toEqual(list('%01.mp3'));
  });

  it('is refused: an escaped name that is a name as well', () => {
    const edits = [edit('/m/a b.mp3', '/m/c d.mp3')];
    const isThere = (is: BytePath): boolean => is === '/m/c%20d.mp3';
    expect(() => rewritten('a%20b.mp3\n', edits, { isThere })).toThrow(
      expect.objectContaining({ code: 'playlist/unspeakable' }),
    );
  });

  it('is refused: Latin letters that would be read as UTF-8', () => {
    const rewrite = (): unknown =>
      rewritePlaylist(Buffer.from('\xe9\n', 'latin1'), path('/m/l.m3u'), [edit('/m/é', '/m/\u00c3\u00a4')]);
    expect(rewrite).toThrow(expect.objectContaining({ code: 'playlist/unspeakable' }));
  });
});
