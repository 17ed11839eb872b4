/** From what was asked to files in the queue: folders are looked through, what was judged as it is now is done at once. */
import { isSameWriting, keyOfStamp } from '#catalogue';
import { AppError, type BytePath, baseName, joinPath } from '#kernel';
import type { ImportFile, ImportRequest } from './gate.ts';
import { namedArrivalsIn } from './inbox/arrivals.ts';
import type { JobSummary } from './model.ts';
import type { GateParts } from './parts.ts';
import type { Intake, NewJobFile } from './ports.ts';
import { isStanding } from './standing.ts';

/** @throws AppError `gate/no-inbox`, `gate/nothing`, `run/cancelled` */
export async function enqueue(parts: GateParts, request: ImportRequest): Promise<JobSummary> {
  const { store, inboxes, newId, clock } = parts;
  const { lane, askedBy, inbox = null, idempotencyKey = null } = request;
  assertInbox(inboxes, inbox);
  if (idempotencyKey !== null) {
    const known = await store.jobWithKey(idempotencyKey);
    if (known !== undefined) return known;
  }
  const files: NewJobFile[] = [];
  for (const file of await filesOf(parts, request)) files.push(await asNew(parts, file));
  return store.enqueue({ id: newId(), lane, askedBy, inbox, idempotencyKey, at: clock.now(), files });
}

/** Puts files that were judged into the queue once more, so that workers do what is left to be done about them. */
export function enqueueAgain(
  { store, newId, clock }: Pick<GateParts, 'store' | 'newId' | 'clock'>,
  intakes: readonly Pick<Intake, 'path'>[],
  askedBy: string,
  inbox: string | null,
): Promise<JobSummary> {
  const files = intakes.map(({ path }) => ({ path, source: null, order: null, judged: null }));
  return store.enqueue({ id: newId(), lane: 'live', askedBy, inbox, idempotencyKey: null, at: clock.now(), files });
}

/** @throws AppError `gate/no-inbox` */
export function assertInbox(inboxes: GateParts['inboxes'], name: string | null): void {
  if (name === null || inboxes.some((inbox) => inbox.name === name)) return;
  throw new AppError('gate/no-inbox', `There is no inbox ${name}.`, {
    kind: 'missing',
    hint: `Name one that the settings have, or add a section [inboxes.${name}].`,
  });
}

/** Every file that is meant, each once, in order. @throws AppError `gate/nothing`, `files/…` of a folder that cannot be looked at */
export async function filesOf(
  parts: GateParts,
  { files, orderBy }: Pick<ImportRequest, 'files' | 'orderBy'>,
): Promise<readonly ImportFile[]> {
  const found = new Map<BytePath, ImportFile>();
  for (const file of files) {
    for (const path of await pathsOf(parts, file.path)) {
      if (found.has(path)) continue;
      const order = file.order ?? (orderBy && (await orderOf(parts, path, orderBy)));
      found.set(path, { ...file, path, ...(order !== undefined && { order }) });
    }
  }
  if (found.size > 0) return [...found.values()];
  throw new AppError('gate/nothing', 'There is no file to import.', {
    kind: 'missing',
    hint: 'Name files, or folders with files in them.',
  });
}

/** Beyond every negative number, and every time of writing. */
const LAST = Number.MAX_SAFE_INTEGER;

/** Smaller is first. */
async function orderOf(
  { tree }: GateParts,
  path: BytePath,
  orderBy: NonNullable<ImportRequest['orderBy']>,
): Promise<number> {
  const [digits] = orderBy === 'number' ? (/^\d{1,15}/.exec(baseName(path)) ?? []) : [];
  if (digits !== undefined) return -Number(digits);
  const writtenMs = Number(((await tree.stamp(path))?.mtimeNs ?? 0n) / 1_000_000n);
  return orderBy === 'number' ? LAST - writtenMs : -writtenMs;
}

/**
 * The file by its real path, or all that is finished in a folder; what is not there comes back as it was named, to be told of.
 */
async function pathsOf({ tree }: GateParts, path: BytePath): Promise<BytePath[]> {
  let real: BytePath;
  try {
    real = await tree.resolve(path);
  } catch (error) {
    if (error instanceof AppError) return [path];
    throw error;
  }
  if ((await tree.stamp(real)) !== undefined) return [real];
  const paths: BytePath[] = [];
  const options = {
    ...namedArrivalsIn(real),
    ...{ ignoreFiles: [], onSkip: () => {}, onDevice: () => {} },
    // Told of in its turn, as a file that is not there would be.
    onTrouble: (where: BytePath) => void paths.push(where),
  };
  for await (const folder of tree.walk(real, options)) {
    for (const { name } of folder.files) paths.push(joinPath(folder.path, name));
  }
  return paths;
}

async function asNew(parts: GateParts, { path, source, order }: ImportFile): Promise<NewJobFile> {
  const [stamp, intake] = [await parts.tree.stamp(path), await parts.store.intakeAt(path)];
  const isSame = stamp !== undefined && intake !== undefined && isSameWriting(intake.stamp, keyOfStamp(stamp));
  const isJudged = isSame && !intake.isPending && (await isStanding(parts, intake));
  return { path, source: source ?? null, order: order ?? null, judged: isJudged ? intake.verdict : null };
}
