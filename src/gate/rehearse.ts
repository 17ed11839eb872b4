/** Judging without a trace: a file beside the library, or many, each beside the library and those that came before it. */
import { AppError, type BytePath, displayPath } from '#kernel';
import { filesOf } from './enqueue.ts';
import type { ImportRequest } from './gate.ts';
import { type Arrival, type Judgement, type JudgeParts, judgeArrival, readArrival } from './judge.ts';
import type { GateVerdict, Lane } from './model.ts';
import { type GateParts, policyOf } from './parts.ts';
import type { Policy } from './policy.ts';
import type { Rival, RivalQuestion } from './ports.ts';
import { judgeParts, verdictOn } from './take.ts';

/** @throws AppError `files/…`, `gate/folder`, `gate/gone`, `run/cancelled` */
export async function checkFile(
  parts: GateParts,
  path: BytePath,
  inbox: string | null,
  signal: AbortSignal,
): Promise<GateVerdict> {
  if ((await parts.tree.stamp(path)) === undefined) throw isFolder(path);
  const policy = policyOf(parts.inboxes, inbox, path);
  return (await judged(parts, { lane: 'live', supposed: [], waiting: new Set() }, path, policy, signal)).verdict;
}

function isFolder(path: BytePath): AppError {
  return new AppError('gate/folder', `${displayPath(path)} is a folder.`, {
    kind: 'usage',
    hint: 'Name the files in it; "reprise gate import --dry-run" takes folders.',
  });
}

/** Told of files that cannot be read, which are left out. @throws AppError as `enqueue`, `run/cancelled` */
export async function* rehearse(
  parts: GateParts,
  request: ImportRequest,
  signal: AbortSignal,
  onTrouble: (path: BytePath, error: AppError) => void,
): AsyncGenerator<GateVerdict> {
  const supposed: Supposed[] = [];
  const files = await filesOf(parts, request);
  const waiting = new Set(files.map(({ path }) => path));
  for (const { path } of files.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
    const policy = policyOf(parts.inboxes, request.inbox ?? null, path);
    try {
      const { verdict, ...file } = await judged(parts, { lane: request.lane, supposed, waiting }, path, policy, signal);
      waiting.delete(path);
      if (file.judgement.isAdmitted && policy.mode !== 'preview') supposed.push(file);
      yield verdict;
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
      onTrouble(path, error);
    }
  }
}

/** A file that would have been admitted. */
interface Supposed {
  readonly arrival: Arrival;
  readonly judgement: Judgement;
}

/** What would have come of an import by now. */
interface Supposition {
  readonly lane: Lane;
  readonly supposed: readonly Supposed[];
  /** Files whose turn has not come. */
  readonly waiting: ReadonlySet<BytePath>;
}

async function judged(
  parts: GateParts,
  supposition: Supposition,
  path: BytePath,
  policy: Policy,
  signal: AbortSignal,
): Promise<Supposed & { readonly verdict: GateVerdict }> {
  const startedAt = parts.clock.now();
  const quiet = quietParts(judgeParts(parts, supposition.lane), supposition);
  const arrival = await readArrival(quiet, path, signal);
  const judgement = await judgeArrival(quiet, arrival, policy, signal);
  return { arrival, judgement, verdict: verdictOn(path, judgement, policy, parts.clock.now() - startedAt) };
}

/** Nobody is promoted for a file that is gone, and what is only supposed to be in the library counts. */
function quietParts(parts: JudgeParts, { supposed, waiting }: Supposition): JudgeParts {
  const gone = new Set<number>();
  const counts = ({ fileId, path }: Rival): boolean => !gone.has(fileId) && !waiting.has(path);
  const others = supposed.map(rivalOf);
  return {
    ...parts,
    onGone: async ({ fileId }) => void gone.add(fileId),
    store: {
      libraryFileChanged: (...change) => parts.store.libraryFileChanged(...change),
      copiesOf: async (keeperId) => (keeperId < 0 ? [] : parts.store.copiesOf(keeperId)),
      rivals: async (question) => [
        ...(await parts.store.rivals(question)).filter(counts),
        ...others.filter((rival) => isAsked(rival, question)),
      ],
      sameAudio: async (question) => (await parts.store.sameAudio(question)).filter(counts),
      content: async (hash) =>
        supposed.find(({ arrival }) => arrival.content.contentHash === hash)?.arrival.content ??
        (await parts.store.content(hash)),
    },
  };
}

/** Numbers below 0 are no file's of the catalogue. */
function rivalOf({ arrival, judgement }: Supposed, at: number): Rival {
  const { path, stamp, content } = arrival;
  return { fileId: -1 - at, path, stamp, place: judgement.place, contentHash: content.contentHash };
}

function isAsked({ place }: Rival, { albumKey, releaseId, track }: RivalQuestion): boolean {
  const isThere =
    (albumKey !== null && place.albumKey === albumKey) || (releaseId !== null && place.releaseId === releaseId);
  return isThere && (track === null || place.track === track);
}
