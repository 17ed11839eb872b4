import { describe, expect, it } from 'vitest';
import { type BytePath, joinPath } from '#kernel';
import { createDestinations } from './destinations.ts';
import type { SweptFile } from './file-table.ts';
import type { Root } from './guard.ts';

function root(path: string, role: Root['role'] = 'source'): Root {
  return { role, path: path as BytePath, key: path, place: { path: path as BytePath, kind: 'folder', keys: [path] } };
}

function file(from: Root, folder: string, name: string): SweptFile {
  const figures = { device: 1n, inode: 2n, sizeBytes: 3, mtimeNs: 0n, ctimeNs: 0n };
  return { root: from, path: `${folder === '/' ? '' : folder}/${name}` as BytePath, ...figures };
}

const source = root('/in/src');
const output = root('/out', 'output');

describe('destinations', () => {
  it('keep the folders of the only source', () => {
    const to = createDestinations({ references: [], sources: [source], output }, { mode: 'move', layout: 'keep' });
    expect(to(file(source, '/in/src/a/b', 'x.mp3'))).toBe('/out/a/b/x.mp3');
    expect(to(file(source, '/in/src', 'x.mp3'))).toBe('/out/x.mp3');
  });

  it('lie below the name of their source where there are several, whose names may be equal', () => {
    const [other, third] = [root('/else/src'), root('/')];
    const sources = [source, other, third];
    const to = createDestinations({ references: [], sources, output }, { mode: 'move', layout: 'keep' });
    expect(to(file(source, '/in/src', 'x.mp3'))).toBe('/out/src/x.mp3');
    expect(to(file(other, '/else/src/d', 'x.mp3'))).toBe('/out/src_1/d/x.mp3');
    expect(to(file(third, '/d', 'x.mp3'))).toBe(joinPath(output.path, 'root/d/x.mp3' as BytePath));
  });

  it('never are one place for two files: 400 of one name get 400, also where a name looks numbered', () => {
    const to = createDestinations({ references: [], sources: [source], output }, { mode: 'move', layout: 'flat' });
    expect(to(file(source, '/in/src', '01 Intro_2.mp3'))).toBe('/out/01 Intro_2.mp3');
    const all = Array.from({ length: 400 }, (_, n) => to(file(source, `/in/src/${n}`, '01 Intro.mp3')));
    expect(all.slice(0, 4)).toEqual([
      ...['/out/01 Intro.mp3', '/out/01 Intro_1.mp3', '/out/01 Intro_3.mp3', '/out/01 Intro_4.mp3'],
    ]);
    expect(new Set(all).size).toBe(400);
  });

  it('number names without an extension at their end, and hidden ones too', () => {
    const to = createDestinations({ references: [], sources: [source], output }, { mode: 'move', layout: 'flat' });
    const twice = (name: string): (BytePath | null)[] => [1, 2].map((n) => to(file(source, `/in/src/a.b${n}`, name)));
    expect(twice('song')).toEqual(['/out/song', '/out/song_1']);
    expect(twice('.hidden')).toEqual(['/out/.hidden', '/out/.hidden_1']);
  });

  it('are none where nothing is moved', () => {
    const to = createDestinations(
      { references: [], sources: [source], output: null },
      { mode: 'trash', layout: 'keep' },
    );
    expect(to(file(source, '/in/src', 'x.mp3'))).toBeNull();
  });
});
