/** The thread that makes and asks the search index: joins the index's files and the search itself. */
import path from 'node:path';
import { ANSWER_COLUMNS, type IndexPart, LINE_COLUMNS, type SearchTerms } from '#catalogue';
import { createDecompressor, unpackAlteredQuestions } from '#fingerprint';
import { AppError, invariant, joinWords } from '#kernel';
import {
  askAbout,
  type CodeIndex,
  createAsker,
  createBitErrorKernel,
  createSegmentBuilder,
  createSegmentLoader,
  type IndexLayout,
  type IndexSegment,
  mergeSegments,
  openSharedMemory,
  type PhaseItems,
  packTables,
  RUN_ITEMS,
  readTables,
  type SegmentBuilder,
  type SegmentTables,
  type SharedMemory,
  STRETCH_BITS,
} from '#matching';
import { type CheckedFile, openCheckedFile, writeCheckedFile } from '../adapters/search-files/index.ts';
import { type JobHandlers, type LoadedPart, serveJobs, unpackPrints } from '../adapters/threads/index.ts';

/** What a thread holds while a search is going on. */
interface Search {
  readonly terms: SearchTerms;
  look(layout: IndexLayout): CodeIndex;
  index: CodeIndex | undefined;
  sounds: Uint32Array;
  /** The track of each sound. */
  numbers: ReadonlyMap<number, number>;
}

function handlersOf(folder: string, shared: SharedMemory): JobHandlers {
  const decompressor = createDecompressor();
  const fileOf = (name: string): string => path.join(folder, name);
  const items = (bytes: Uint8Array): Uint32Array =>
    bytes.length > 0 ? decompressor.items(bytes).slice() : new Uint32Array(0);
  let builder: SegmentBuilder | undefined;
  let search: Search | undefined;
  let load: ((part: IndexPart) => LoadedPart) | undefined;
  let screen: JobHandlers['screen'] | undefined;

  /** A recording that lasts for days is a run of its own, in memory of its own. */
  const builderFor = (itemCount: number): SegmentBuilder => {
    if (itemCount > RUN_ITEMS) return createSegmentBuilder(openSharedMemory(), itemCount);
    builder ??= createSegmentBuilder(openSharedMemory(), RUN_ITEMS);
    return builder;
  };

  return {
    index({ name, method, sounds }) {
      const indexed = sounds.map(({ fingerprint, ...own }) => ({ ...own, items: items(fingerprint) }));
      const itemCount = indexed.reduce((sum, own) => sum + own.items.length, 0);
      const own = builderFor(itemCount);
      writeCheckedFile(fileOf(name), (write) => packTables(own.build(indexed, write), method));
    },
    merge({ name, method, from }) {
      using opened = openAll(from.map(fileOf), method);
      writeCheckedFile(fileOf(name), (write) =>
        packTables(mergeSegments(openSharedMemory(), opened.segments, write), method),
      );
    },
    open({ terms, loads }) {
      search = {
        terms,
        look: createAsker(shared, terms),
        index: undefined,
        sounds: new Uint32Array(0),
        numbers: new Map(),
      };
      if (loads) load = createPartLoader(shared, folder, terms);
    },
    load({ part }) {
      invariant(load, 'this thread is the one that loads');
      return load(part);
    },
    lookAt({ layout, sounds }) {
      invariant(search, 'a search is open');
      search.index = search.look(layout);
      search.sounds = sounds;
      search.numbers = new Map(Array.from(sounds, (sound, track) => [sound, track]));
    },
    screen(prints, lines) {
      screen ??= createScreen(items);
      return screen(prints, lines);
    },
    ask(prints) {
      invariant(search?.index, 'an index is loaded');
      const { index, sounds, numbers, terms } = search;
      const asking = [...unpackPrints(prints)].map(({ sound, fingerprint, altered }) => ({
        sound,
        phases: fingerprint.map(items) as unknown as PhaseItems,
        altered: unpackAlteredQuestions(altered),
        self: numbers.get(sound),
      }));
      const rows: number[] = [];
      for (const [i, answers] of askAbout(index, asking, terms).entries()) {
        for (const { track, offsets } of answers) {
          for (const { offsetSeconds, speedRatio, votes } of offsets)
            rows.push(asking[i]!.sound, sounds[track]!, offsetSeconds, speedRatio, votes);
        }
      }
      invariant(rows.length % ANSWER_COLUMNS === 0, 'every answer has all columns');
      return Float64Array.from(rows);
    },
  };
}

/** Scores lines; in groups of one question each. */
function createScreen(items: (bytes: Uint8Array) => Uint32Array): JobHandlers['screen'] {
  const kernel = createBitErrorKernel();
  return (prints, lines) => {
    const sounds = [...unpackPrints(prints)];
    kernel.clear();
    for (const { fingerprint } of sounds) kernel.add(items(fingerprint[0]));
    const all = Array.from({ length: lines.length / LINE_COLUMNS }, (_, line) => line);
    const scores = new Int32Array(all.length);
    for (const [question, own] of Map.groupBy(all, (line) => lines[line * LINE_COLUMNS]!)) {
      kernel.ask(sounds[question]!.fingerprint.map(items) as unknown as PhaseItems);
      const column = (at: number): Int32Array => Int32Array.from(own, (line) => lines[line * LINE_COLUMNS + at]!);
      const { score } = kernel.extend(column(1), column(2), STRETCH_BITS);
      own.forEach((line, i) => {
        scores[line] = score[i]!;
      });
    }
    return scores;
  };
}

/** Lays parts of the index out, one at a time. */
function createPartLoader(
  shared: SharedMemory,
  folder: string,
  { postings, codeBits, sampleBits, method }: SearchTerms,
): (part: IndexPart) => LoadedPart {
  const loader = createSegmentLoader(shared, { codeBits, sampleBits }, postings);
  return (part) => {
    using opened = openAll(
      part.map(({ name }) => path.join(folder, name)),
      method,
    );
    const slices = part.map(({ from, to }, i) => ({ segment: opened.segments[i] as IndexSegment, from, to }));
    const sounds = joinWords(slices.map(({ segment, from, to }) => segment.tables.sounds.subarray(from, to)));
    return { layout: loader.load(slices), sounds };
  };
}

/** Segments that are open. @throws AppError `index/corrupt` */
function openAll(
  files: readonly string[],
  method: string,
): Disposable & { readonly segments: readonly IndexSegment[] } {
  const open: CheckedFile[] = [];
  const dispose = (): void => {
    for (const file of open) file[Symbol.dispose]();
  };
  try {
    const segments = files.map((name): IndexSegment => {
      const file = openCheckedFile(name);
      open.push(file);
      return { tables: tablesOf(file, name, method), read: file.read };
    });
    return { segments, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

function tablesOf(file: CheckedFile, name: string, method: string): SegmentTables {
  const tables = readTables(file.tables(), method);
  if (tables) return tables;
  throw new AppError('index/corrupt', `${name}, a part of the search index, is by another program.`, {
    kind: 'corrupt',
    hint: 'Run "reprise match" again: it is made again from the catalogue.',
  });
}

serveJobs(({ folder, memory }) => handlersOf(folder, openSharedMemory(memory)));
