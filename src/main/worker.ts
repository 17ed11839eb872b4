/** The child process that works on sounds: joins decoder, tag reader and judge, and serves the parent. */
import {
  analyseFile,
  comparedPrints,
  type DecodedFile,
  type Decoder,
  type DecodeSinks,
  hashContent,
  isSameWriting,
  type ReadableFile,
  type TagReader,
} from '#catalogue';
import { AppError, type BytePath, displayPath } from '#kernel';
import {
  type AgreementKernel,
  coherenceCurve,
  createComparisonKernel,
  createJudgeTools,
  findLikeness,
  isWorthSides,
  judgeSides,
  judgeSounds,
  quickVerdict,
} from '#matching';
import { createPortraitMeter, readSketch } from '#signal';
import { createPcmMemory, openDecoder } from '../adapters/decoder/index.ts';
import { openFile } from '../adapters/files/index.ts';
import { createTagReader } from '../adapters/tags/index.ts';
import { type Beat, type JobHandlers, serveJobs } from '../adapters/workers/index.ts';

/** PCM of the sounds of the last pairs: 76 minutes, so that two children stay small. */
const REMEMBERED_PCM_BYTES = 96 * 2 ** 20;

/** Left and right of both triple what is held: 80 minutes of both sounds together, 320 MB in all. */
const MOST_SIDED_BYTES = 80 * 60 * 11_025 * 2;

function handlersOf(decoder: () => Promise<Decoder>, tags: TagReader): JobHandlers {
  const memory = createPcmMemory(REMEMBERED_PCM_BYTES);
  let tools: ReturnType<typeof createJudgeTools> | undefined;
  let kernel: AgreementKernel | undefined;

  const pcmOf = (decoded: DecodedFile, beat: Beat): Promise<Int16Array> =>
    whileSame(decoded, async (file) => memory.pcmOf(file, await decoder(), () => beat(file.sizeBytes)));
  const sidesOf = (decoded: DecodedFile, beat: Beat): ReturnType<typeof memory.stereoOf> =>
    whileSame(decoded, async (file) => memory.stereoOf(file, await decoder(), () => beat(file.sizeBytes)));
  const judgeTools = (): ReturnType<typeof createJudgeTools> => {
    tools ??= createJudgeTools();
    return tools;
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
    async judge({ a, b, offsets, short = false }, beat) {
      const [one, other] = [await pcmOf(a, beat), await pcmOf(b, beat)];
      const [aSum, bSum] = [
        { pcm: one, decodeErrors: a.decodeErrors },
        { pcm: other, decodeErrors: b.decodeErrors },
      ];
      const verdict = judgeSounds(aSum, bSum, offsets, judgeTools(), short);
      const isLong = one.byteLength + other.byteLength > MOST_SIDED_BYTES;
      if (isLong || !isWorthSides(verdict)) return verdict;
      const [aSides, bSides] = [await sidesOf(a, beat), await sidesOf(b, beat)];
      return judgeSides({ ...aSum, sides: aSides }, { ...bSum, sides: bSides }, offsets, verdict, judgeTools());
    },
    async liken({ a, b }) {
      kernel ??= createComparisonKernel();
      return findLikeness(comparedPrints(a), comparedPrints(b), kernel);
    },
    async judgeSketches({ a, b, offsets }) {
      const [one, other] = [readSketch(a.sketch), readSketch(b.sketch)];
      if (!one || !other) return undefined;
      const sketched = { sketch: other, decodeErrors: b.decodeErrors };
      return quickVerdict({ sketch: one, decodeErrors: a.decodeErrors }, sketched, offsets);
    },
    portray: (decoded, beat) =>
      whileSame(decoded, async (file) => {
        const meter = createPortraitMeter(decoded.sampleRateHz);
        const samples: DecodeSinks['samples'] = (block) => {
          meter.push(block);
          beat(file.sizeBytes);
        };
        await (await decoder()).decode(file, { samples });
        return meter.finish();
      }),
    async trace({ a, b, course }, beat) {
      return coherenceCurve(await pcmOf(a, beat), await pcmOf(b, beat), course, judgeTools());
    },
  };
}

/** Works on a file that was scanned. @throws AppError `files/changed` where it is not that file any more */
async function whileSame<T>({ path, stamp }: DecodedFile, work: (file: ReadableFile) => Promise<T>): Promise<T> {
  using file = openFile(path);
  const hold = (): void => {
    if (!isSameWriting(file.stamp(), stamp)) throw changed(path);
  };
  hold();
  try {
    return await work(file);
  } finally {
    // Also where the decoder failed: bytes that came meanwhile are not to blame on those that were scanned.
    hold();
  }
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
