import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PresentFile } from '#catalogue';
import { AppError, type BytePath } from '#kernel';
import { createRootFinder } from '../adapters/files/index.ts';
import { isEmptyFolder } from '../adapters/machine/index.ts';
import { createReadiness } from './readiness.ts';

let home = '';
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-ready-')));
  for (const folder of ['music', 'inbox']) mkdirSync(at(folder));
});
afterEach(() => rmSync(home, { recursive: true }));
const at = (...names: string[]): BytePath => path.join(home, ...names) as BytePath;

/** Asks for all that is wrong. @param known paths in the catalogue */
function readiness(known: readonly BytePath[], decoder: string | null = 'node-av'): () => Promise<object> {
  const ask = createReadiness({
    settings: { roots: [at('music')], inboxes: [{ name: 'new', path: at('inbox') } as never] },
    store: {
      missingCount: async () => 0,
      present: async function* () {
        yield known.map((file) => ({ file: { path: file } }) as PresentFile);
      },
    },
    ...{ finder: createRootFinder(), isEmpty: isEmptyFolder, decoder: async () => decoder },
  });
  return async () =>
    Object.fromEntries((await ask()).flatMap(({ name, trouble }) => (trouble ? [[name, trouble]] : [])));
}

it('is content with empty folders that never held anything', async () => {
  expect(await readiness([])()).toEqual({});
});

it('knows a root that was emptied by an unmounted volume, by the catalogue and by itself', async () => {
  const empty = { [`root ${at('music')}`]: 'It is empty, and held files before.' };
  expect(await readiness([at('music', 'a.flac')])()).toEqual(empty);
  const ask = readiness([]);
  writeFileSync(at('music', 'a.flac'), '');
  expect(await ask()).toEqual({});
  renameSync(at('music'), at('volume'));
  expect(await ask()).toEqual({ [`root ${at('music')}`]: 'It is not there.' });
  mkdirSync(at('music'));
  expect(await ask()).toEqual({ [`root ${at('music')}`]: 'It is empty, and not the folder that it was.' });
  rmSync(at('music'), { recursive: true });
  renameSync(at('volume'), at('music'));
  expect(await ask()).toEqual({});
});

it('names a missing decoder, a file instead of a folder, and a catalogue that does not answer', async () => {
  rmSync(at('inbox'), { recursive: true });
  writeFileSync(at('inbox'), '');
  expect(await readiness([], null)()).toEqual({
    decoder: 'There is no decoder.',
    'inbox new': `${at('inbox')} is not a folder.`,
  });
  const broken = createReadiness({
    settings: { roots: [], inboxes: [] },
    store: {
      missingCount: () => Promise.reject(new AppError('catalogue/corrupt', 'It is damaged.', { kind: 'corrupt' })),
      present: async function* () {},
    },
    ...{ finder: createRootFinder(), isEmpty: isEmptyFolder, decoder: async () => 'node-av' },
  });
  expect(await broken()).toEqual([
    { name: 'catalogue', isReady: false, trouble: 'It is damaged.' },
    { name: 'decoder', isReady: true },
  ]);
});
