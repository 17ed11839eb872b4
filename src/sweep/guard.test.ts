import { describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { guardRoots } from './guard.ts';
import type { FolderPlace } from './ports.ts';
import { DEFAULT_HASHING, type SweepRequest } from './request.ts';

const paths = (...list: string[]): BytePath[] => list as BytePath[];

/** Folders by the names that lead to them, each with the inodes from it upwards. */
const FOLDERS: Readonly<Record<string, readonly [real: string, ...keys: string[]]>> = {
  '/music': ['/music', 'm', '/'],
  '/music/good': ['/music/good', 'g', 'm', '/'],
  '/incoming': ['/incoming', 'i', '/'],
  '/link-to-music': ['/music', 'm', '/'],
  '/MUSIC': ['/MUSIC', 'm', '/'],
  '/mnt/bound': ['/mnt/bound', 'g', 'mnt', '/'],
  '/mnt/bound/deeper': ['/mnt/bound/deeper', 'd', 'g', 'mnt', '/'],
  '/musical': ['/musical', 'l', '/'],
};

function placeOf(path: BytePath): FolderPlace {
  const known = FOLDERS[path];
  if (known) return { path: known[0] as BytePath, kind: 'folder', keys: known.slice(1) };
  if (path === '/file.mp3') return { path, kind: 'other', keys: ['f', '/'] };
  const parent = Object.keys(FOLDERS).find((folder) => path.startsWith(`${folder}/`));
  return { path, kind: 'nothing', keys: parent ? (FOLDERS[parent]?.slice(1) ?? []) : ['/'] };
}

function guard(request: Partial<SweepRequest>) {
  const all: SweepRequest = {
    ...{ references: [], sources: paths('/incoming'), output: '/out' as BytePath, by: 'bytes', mode: 'move' },
    ...{ layout: 'keep', filter: { extensions: null, include: [], exclude: [], ignoreFiles: [] } },
    ...{ hashing: DEFAULT_HASHING, retries: { times: 3, delaySeconds: 1 }, command: '' },
    ...request,
  };
  return guardRoots(all, placeOf);
}

describe('folders of a sweep', () => {
  it('may lie side by side, with names that begin alike', () => {
    const roots = guard({ references: paths('/music'), sources: paths('/musical'), output: '/music-out' as BytePath });
    expect([...roots.references, ...roots.sources].map(({ path }) => path)).toEqual(['/music', '/musical']);
    expect(roots.output?.key).toBeUndefined();
  });

  it.each([
    ['a reference inside a source', { references: paths('/music/good'), sources: paths('/music') }],
    ['a source inside a reference', { references: paths('/music'), sources: paths('/music/good') }],
    ['one folder twice', { references: paths('/music'), sources: paths('/music') }],
    ['one folder by a symlink', { references: paths('/music'), sources: paths('/link-to-music') }],
    ['one folder in another spelling', { references: paths('/music'), sources: paths('/MUSIC') }],
    ['one folder by a bind mount', { references: paths('/music/good'), sources: paths('/mnt/bound') }],
    ['a folder within a bind mount', { references: paths('/music/good'), sources: paths('/mnt/bound/deeper') }],
    ['an output inside the source', { output: '/incoming/out' as BytePath }],
    ['an output that is the source', { output: '/incoming' as BytePath }],
    ['an output inside the reference', { references: paths('/music'), output: '/link-to-music/new/out' as BytePath }],
    ['an output around the source', { sources: paths('/music/good'), output: '/music' as BytePath }],
    ['an output around the reference', { references: paths('/music/good'), output: '/link-to-music' as BytePath }],
    ['two sources within each other', { sources: paths('/music', '/music/good') }],
  ])('are refused: %s', (_, request) => {
    expect(() => guard(request)).toThrow(expect.objectContaining({ code: 'sweep/overlap', kind: 'refused' }));
  });

  it('may be references within each other, which are looked at once', () => {
    const { references } = guard({ references: paths('/music/good', '/music', '/link-to-music') });
    expect(references.map(({ path }) => path)).toEqual(['/music']);
  });

  it.each([
    ['no source', { sources: [] }, 'usage/too-few'],
    ['an empty name', { references: paths('') }, 'usage/too-few'],
    ['nowhere to move to', { output: null }, 'usage/too-few'],
    ['an output that nothing is moved to', { mode: 'trash' }, 'usage/too-few'],
    ['links to files of other bytes', { by: 'audio', mode: 'hardlink', output: null }, 'usage/bad-value'],
    ['a source that is not there', { sources: paths('/gone') }, 'files/missing'],
    ['a reference that is not there', { references: paths('/gone') }, 'files/missing'],
    ['a source that is a file', { sources: paths('/file.mp3') }, 'files/not-regular'],
    ['an output that is a file', { output: '/file.mp3' as BytePath }, 'files/not-regular'],
  ] as const)('are refused as wrong usage: %s', (_, request, code) => {
    expect(() => guard(request)).toThrow(expect.objectContaining({ code }));
  });
});
