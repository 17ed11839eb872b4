/** The child process that works on sounds: joins decoder, tag reader and judge, and serves the parent. */
import {
  analyseFile,
  type Decoder,
  hashContent,
  isSameWriting,
  type JudgedFile,
  type ReadableFile,
  type TagReader,
} from '#catalogue';
import { AppError, type BytePath, displayPath } from '#kernel';
import { createJudgeTools, isWorthSides, judgeSides, judgeSounds, quickVerdict } from '#matching';
import { readSketch } from '#signal';
import { createPcmMemory, openDecoder } from '../adapters/decoder/index.ts';
import { openFile } from '../adapters/files/index.ts';
import { createTagReader } from '../adapters/tags/index.ts';
import { type JobHandlers, serveJobs } from '../adapters/workers/index.ts';

/** PCM of the sounds of the last pairs: 76 minutes, so that two children stay small. */
const REMEMBERED_PCM_BYTES = 96 * 2 ** 20;

function handlersOf(decoder: () => Promise<Decoder>, tags: TagReader): JobHandlers {
  const memory = createPcmMemory(REMEMBERED_PCM_BYTES);
  let tools: ReturnType<typeof createJudgeTools> | undefined;

  const heard = async <T>({ path, stamp }: JudgedFile, hear: (file: ReadableFile) => Promise<T>): Promise<T> => {
    using file = openFile(path);
    const hold = (): void => {
      if (!isSameWriting(file.stamp(), stamp)) throw changed(path);
    };
    hold();
    try {
      return await hear(file);
    } finally {
      // Also where the decoder failed: bytes that came meanwhile are not to blame on those that were scanned.
      hold();
    }
  };
  return {
    async analyse(path: BytePath, known, beat) {
      using file = openFile(path);
      return await analyseFile(file, { decoder: await decoder(), tags, known, onProgress: () => beat(file.sizeBytes) });
    },
    async hash(path, beat) {
      using file = openFile(path);
      return { contentHash: hashContent(file, () => beat(file.sizeBytes)), sizeBytes: file.sizeBytes };
    },
    async judge({ a, b, offsets }, beat) {
      tools ??= createJudgeTools();
      const sum = (file: ReadableFile) => decoder().then((by) => memory.pcmOf(file, by, () => beat(file.sizeBytes)));
      const [one, other] = [await heard(a, sum), await heard(b, sum)];
      const [aSum, bSum] = [
        { pcm: one, decodeErrors: a.decodeErrors },
        { pcm: other, decodeErrors: b.decodeErrors },
      ];
      const verdict = judgeSounds(aSum, bSum, offsets, tools);
      if (!isWorthSides(verdict)) return verdict;
      const both = (file: ReadableFile) =>
        decoder().then((by) => memory.stereoOf(file, by, () => beat(file.sizeBytes)));
      const [aSides, bSides] = [await heard(a, both), await heard(b, both)];
      return judgeSides({ ...aSum, sides: aSides }, { ...bSum, sides: bSides }, offsets, verdict, tools);
    },
    async judgeSketches({ a, b, offsets }) {
      const [one, other] = [readSketch(a.sketch), readSketch(b.sketch)];
      if (!one || !other) return undefined;
      const sketched = { sketch: other, decodeErrors: b.decodeErrors };
      return quickVerdict({ sketch: one, decodeErrors: a.decodeErrors }, sketched, offsets);
    },
  };
}

function changed(path: BytePath): AppError {
  return new AppError('files/changed', `${displayPath(path)} is not the file that was scanned.`, {
    kind: 'conflict',
    hint: 'Scan again; the next match listens to what is there then.',
  });
}

let opened: Promise<Decoder> | undefined;
serveJobs(
  handlersOf(() => {
    opened ??= openDecoder();
    return opened;
  }, createTagReader()),
);
