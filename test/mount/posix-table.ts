/** What file systems have to answer, and to leave: names, kinds, rights, errors, times and links as Linux has them. */
import { ATTRIBUTE_CASES } from './cases/attributes.ts';
import { BYTE_CASES } from './cases/bytes.ts';
import { LINK_CASES } from './cases/links.ts';
import { LOCK_CASES } from './cases/locks.ts';
import { MODE_CASES } from './cases/modes.ts';
import { NAME_CASES } from './cases/names.ts';
import { OPERATION_CASES } from './cases/operations.ts';
import { RENAME_CASES } from './cases/renames.ts';
import { RIGHT_CASES } from './cases/rights.ts';
import { TIME_CASES } from './cases/times.ts';
import type { PosixCase } from './posix-case.ts';

export interface CaseGroup {
  readonly title: string;
  readonly cases: readonly PosixCase[];
}

export const POSIX_CASES: readonly CaseGroup[] = [
  { title: 'operations on whatever a path can lead to', cases: OPERATION_CASES },
  { title: 'renames', cases: RENAME_CASES },
  { title: 'links and what is gone', cases: LINK_CASES },
  { title: 'rights', cases: RIGHT_CASES },
  { title: 'modes', cases: MODE_CASES },
  { title: 'times', cases: TIME_CASES },
  { title: 'bytes', cases: BYTE_CASES },
  { title: 'extended attributes', cases: ATTRIBUTE_CASES },
  { title: 'names and folders', cases: NAME_CASES },
  { title: 'locks', cases: LOCK_CASES },
];
