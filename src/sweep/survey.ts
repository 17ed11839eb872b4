/** Looks through the folders of a sweep, several at once, without reading a file. */
import { AppError, displayPath } from '#kernel';
import { createFileTable, type FileTable, type Finding } from './file-table.ts';
import { overlap, type Root, type Roots } from './guard.ts';
import type { FolderToList, ListedFolder } from './ports.ts';
import { type Run, runJobs } from './run.ts';

/** Folders in one job: enough to be worth a message. Chosen. */
const FOLDERS_PER_JOB = 32;

/**
 * Every wanted file of the reference and the source, in no order.
 * @throws AppError `sweep/overlap` where a folder is reached from both, `sweep/reference-empty`, `run/cancelled`
 */
export async function survey(roots: Roots, run: Run): Promise<FileTable> {
  const findings: Finding[] = [];
  const seen = new Map<string, Root>();
  if (roots.output?.key !== undefined) seen.set(roots.output.key, roots.output);
  for (const root of [...roots.references, ...roots.sources]) {
    const count = await lookThrough(root, run, findings, seen);
    if (root.role === 'source') run.tally.sourceFiles += count;
    else run.tally.referenceFiles += count;
    if (root.role === 'reference' && count === 0) throw referenceEmpty(root);
  }
  return createFileTable(findings);
}

/** How many files there are. */
async function lookThrough(root: Root, run: Run, findings: Finding[], seen: Map<string, Root>): Promise<number> {
  const { reader, request, tally } = run;
  const waiting: FolderToList[] = [{ path: root.path, above: root.place.keys.slice(1) }];
  let count = 0;
  await runJobs(
    run,
    reader.width * 2,
    () => (waiting.length > 0 ? waiting.splice(-FOLDERS_PER_JOB) : undefined),
    async (folders) => {
      const listed = await reader.list(folders, request.filter);
      for (const folder of listed.folders) {
        assertNotSeen(folder, root, seen);
        count += folder.count;
      }
      findings.push({ root, listed });
      for (const folder of listed.below) waiting.push(folder);
      for (const path of listed.skipped) tally.skipped.push(path);
      for (const path of listed.troubles) tally.failures.push(path);
      run.progress({ stage: 'Looking through', subject: displayPath(root.path), items: count });
    },
  );
  return count;
}

/** A folder that is mounted twice is seen under both names: what it holds must not become its own duplicate. */
function assertNotSeen({ key, path }: ListedFolder, root: Root, seen: Map<string, Root>): void {
  const before = seen.get(key);
  if (before !== undefined && before !== root) {
    const other = `the ${before.role} ${displayPath(before.path)}`;
    throw overlap(`The folder ${displayPath(path)} of the ${root.role} belongs to ${other}, too.`);
  }
  seen.set(key, root);
}

function referenceEmpty({ path }: Root): AppError {
  return new AppError('sweep/reference-empty', `The reference ${displayPath(path)} holds no files to compare with.`, {
    kind: 'refused',
    hint: 'Mount or connect its disk. To sweep a source by itself, leave --reference out.',
  });
}
