/** Twins by their bytes, and which of them stay. */
import type { StayingSet } from './arrange.ts';
import { chooseStaying } from './choose.ts';
import type { FileTable } from './file-table.ts';
import { findTwins, type TwinSet } from './ladder.ts';
import type { Run } from './run.ts';

/** @throws AppError `run/cancelled` */
export async function setsByBytes(table: FileTable, run: Run): Promise<StayingSet[]> {
  return (await findTwins(table, run)).map((set) => stayingSet(set, run));
}

function stayingSet(set: TwinSet, { request }: Run): StayingSet {
  const { algorithm } = request.hashing;
  const { keeper, others, reason } = chooseStaying(set.files);
  const contentHash = set.digest !== null && algorithm === 'sha256' ? `sha256:${set.digest}` : null;
  const equal =
    set.digest !== null
      ? `the same ${set.sizeBytes} bytes, by ${algorithm}`
      : `the same size and the same first ${request.hashing.mostBytes} bytes; the others are compared before anything happens`;
  const reasons = [equal, reason];
  return { keeper, others, reasonsOf: () => reasons, contentHashOf: () => contentHash, sameBytes: true };
}
