/** Documents of `store` for programs. What they look like is a public promise: docs/reference/cli.md. */
import { type BytePath, type Failure, pathFromBytes } from '#kernel';
import type {
  CollectReport,
  ExportReport,
  HitFile,
  ImportReport,
  RepairReport,
  StoredEntry,
  StoreUsage,
  VerifyReport,
} from '#store';
import { storedPath, timesSmaller } from './render/store.ts';

export interface FailedFile extends Failure {
  readonly path: BytePath;
}

/** `store import --json`. @param applied what became of the sources, where they were to go */
export function storeImportDocument(
  report: ImportReport,
  failures: readonly FailedFile[],
  { dryRun, applied }: { readonly dryRun: boolean; readonly applied: object | undefined },
): object {
  const { files, imported, skipped, failed, renamed, bytes, newBytes } = report;
  const figures = { files, imported, skipped, failed, renamed, bytes, newBytes };
  return { v: 1, dryRun, ...figures, failures, ...(applied !== undefined && { applied }) };
}

/** `store export --json`. */
export function storeExportDocument(report: ExportReport, failures: readonly FailedFile[]): object {
  const { files, skipped, failed, bytes } = report;
  return { v: 1, files, skipped, failed, bytes, failures };
}

/** `store ls --json`. */
export function storeListDocument(entries: readonly StoredEntry[]): object {
  return {
    v: 1,
    entries: entries.map(({ path, kind, sizeBytes, mode, links, uid, gid, mtimeNs, target, isRaw }) => ({
      ...{ path, kind, sizeBytes, mode, links, uid, gid },
      ...{ mtimeNs: String(mtimeNs), target, raw: isRaw },
    })),
  };
}

/** `store stat --json`. */
export function storeUsageDocument(usage: StoreUsage): object {
  const { files, folders, logicalBytes, storedBytes, diskBytes, uniqueBytes, overheadBytes, unusedBytes } = usage;
  const { rawFiles, rawBytes, blobs, packs, byFolder } = usage;
  return {
    ...{ v: 1, files, folders, logicalBytes, storedBytes, diskBytes, uniqueBytes, overheadBytes, unusedBytes },
    ...{ timesSmaller: timesSmaller(logicalBytes, storedBytes), rawFiles, rawBytes, blobs, packs },
    byFolder: byFolder.map(({ name, files: its, logicalBytes: bytes, uniqueBytes: unique, ownBytes }) => ({
      ...{ name: pathFromBytes(name), files: its, logicalBytes: bytes, uniqueBytes: unique, ownBytes },
    })),
  };
}

/** `store verify --json`. */
export function storeVerifyDocument(report: VerifyReport, readData: boolean): object {
  const { files, rawFiles, blobs, bytesRead, hit, problems, notes } = report;
  return { v: 1, readData, files, rawFiles, blobs, bytesRead, hit: hit.map(hitDocument), problems, notes };
}

/** `store repair --json`. */
export function storeRepairDocument(report: RepairReport, dryRun: boolean): object {
  const { isRebuilt, lostRows, foundFiles, indexedBlobs, hit, problems } = report;
  return { v: 1, dryRun, rebuilt: isRebuilt, lostRows, foundFiles, indexedBlobs, hit: hit.map(hitDocument), problems };
}

function hitDocument({ node, paths, message }: HitFile): object {
  return { node, paths: paths.map((path) => ({ path: storedPath(path) })), message };
}

/** `store gc --json`. */
export function storeCollectDocument(report: CollectReport, dryRun: boolean): object {
  const { packBytesBefore, packBytesAfter, blobsRemoved, packsRemoved, movedBytes, keptDamaged } = report;
  const freedBytes = packBytesBefore - packBytesAfter;
  return {
    v: 1,
    dryRun,
    packBytesBefore,
    packBytesAfter,
    freedBytes,
    blobsRemoved,
    packsRemoved,
    movedBytes,
    keptDamaged,
  };
}
