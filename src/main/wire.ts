/** The composition root: joins settings, adapters and features into the {@link App} that commands use. */
import { setTimeout } from 'node:timers/promises';
import { AUDIO_EXTENSIONS } from '#audio';
import {
  type CatalogueStore,
  type FileTree,
  type MatchParts,
  type OpenIndex,
  producerOf,
  type ScanSettings,
} from '#catalogue';
import type { App } from '#cli';
import type { ResolvedSettings, Settings } from '#config';
import type { FileActs, Journal } from '#filing';
import { type Gate, type GateStore, readPlace } from '#gate';
import { type BytePath, joinPath, systemClock } from '#kernel';
import { MATCH_METHOD, openSharedMemory, readTables } from '#matching';
import { decoderName } from '../adapters/decoder/index.ts';
import { createFileActs, createFileTree, openFile } from '../adapters/files/index.ts';
import { fileBytes } from '../adapters/machine/index.ts';
import { openIndex, openSearchFolder } from '../adapters/search-files/index.ts';
import type { OpenCatalogue } from '../adapters/sqlite/index.ts';
import { startSearchThreads } from '../adapters/threads/index.ts';
import { createSoundWorkers } from '../adapters/workers/index.ts';
import { catalogueFile, ensureDataFolder } from './data-folder.ts';
import { createLibrary, type LibraryParts, soundSetParts } from './library-app.ts';
import { programBeside } from './programs.ts';
import type { SoundSetParts } from './sound-sets.ts';
import { createTagParts } from './tag-parts.ts';
import type { Turns } from './turns.ts';

/** Past this a child is replaced, so that what a decoder leaks stays small. Chosen. */
const FILES_PER_CHILD = 500;

/** Opens nothing and starts no process until a method needs it. Dispose of it to close what was opened. */
export async function createApp(resolved: ResolvedSettings): Promise<App> {
  return createLibrary(await partsOf(resolved)).app;
}

/** The library that a daemon has for all, with the catalogue open. */
export interface SharedLibrary extends AsyncDisposable {
  readonly app: App;
  readonly sounds: SoundSetParts;
  readonly gate: Gate;
  readonly gateStore: GateStore;
  readonly catalogue: CatalogueStore;
  readonly tree: FileTree;
  readonly acts: FileActs;
}

/** Takes the catalogue at once. @throws AppError `catalogue/…` */
export async function openSharedLibrary(
  resolved: ResolvedSettings,
  owner: string,
  filingTurns: Turns,
): Promise<SharedLibrary> {
  const parts = await partsOf(resolved);
  const catalogue = await openStore(resolved.settings, owner);
  const { app, gate } = createLibrary({ ...parts, openCatalogue: async () => lent(catalogue) }, filingTurns);
  const close = async (): Promise<void> => {
    await app[Symbol.asyncDispose]();
    await catalogue[Symbol.asyncDispose]();
  };
  try {
    return {
      ...{ app, catalogue, tree: parts.tree, acts: parts.acts, sounds: soundSetParts(parts, catalogue) },
      ...{ gate: await gate(), gateStore: catalogue.gate(readPlace), [Symbol.asyncDispose]: close },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same, for somebody who closes what was opened. */
function lent(store: OpenCatalogue): OpenCatalogue {
  return { ...store, [Symbol.asyncDispose]: async () => {} };
}

/** The library as the sweep needs it, with the catalogue open. */
export async function openSounds(resolved: ResolvedSettings): Promise<SoundSetParts & AsyncDisposable> {
  const parts = await partsOf(resolved);
  const store = await parts.openCatalogue();
  return {
    ...soundSetParts(parts, store),
    async [Symbol.asyncDispose]() {
      await parts.workers[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function partsOf({ settings }: ResolvedSettings): Promise<LibraryParts> {
  const workers = createSoundWorkers({
    entry: programBeside('worker'),
    width: settings.workers,
    filesPerChild: FILES_PER_CHILD,
    producer: producerOf(await decoderName()),
    secondsPerFile: settings.decode.secondsPerFile,
    memoryBytes: settings.decode.memoryMegabytes * 2 ** 20,
  });
  return {
    settings,
    scanSettings: scanSettingsOf(settings),
    clock: systemClock,
    tree: createFileTree(),
    workers,
    openFile,
    openCatalogue: () => openStore(settings),
    openSearch: () => openSearch(settings),
    openIndex: () => openLibraryIndex(settings, MATCH_METHOD),
    catalogueBytes: () => fileBytes(catalogueFile(settings)),
    acts: createFileActs(),
    tags: createTagParts(),
    wait: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }),
    openJournal: () => openLibraryJournal(settings),
  };
}

async function openLibraryJournal(settings: Settings): Promise<Journal> {
  ensureDataFolder(settings);
  const { openJournal } = await import('../adapters/sqlite/index.ts');
  return openJournal(joinPath(settings.data, 'journal.sqlite' as BytePath));
}

async function openStore(settings: Settings, owner = 'another reprise'): Promise<OpenCatalogue> {
  ensureDataFolder(settings);
  const { openCatalogue } = await import('../adapters/sqlite/index.ts');
  return openCatalogue(catalogueFile(settings), { clock: systemClock, owner, readPlace });
}

/** Threads are started when there is something to search. */
export function openSearch({
  data,
  workers,
  match,
}: Pick<Settings, 'data' | 'workers' | 'match'>): MatchParts['search'] {
  const folder = indexFolder(data);
  const entry = programBeside('searcher');
  return {
    files: openSearchFolder(folder, readTables),
    startThreads: () => startSearchThreads({ entry, folder, width: workers, memory: openSharedMemory().memory }),
    memoryBytes: match.memoryMegabytes * 2 ** 20,
  };
}

/** Some ten look-ups read as much. Chosen. */
const INDEX_CACHE_BYTES = 64 * 2 ** 20;

/** The index, open to look single sounds up; empty where nothing was matched by this method. */
export function openLibraryIndex({ data }: Pick<Settings, 'data'>, method: string): OpenIndex {
  return openIndex(indexFolder(data), readTables, { method, cacheBytes: INDEX_CACHE_BYTES });
}

function indexFolder(data: BytePath): BytePath {
  return joinPath(data, 'index' as BytePath);
}

function scanSettingsOf({ scan }: Settings): ScanSettings {
  return {
    ...scan,
    extensions: scan.extensions.length > 0 ? scan.extensions : AUDIO_EXTENSIONS,
  };
}
