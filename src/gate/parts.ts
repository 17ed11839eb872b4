/** What the gate is made of. */
import type { CatalogueStore, FileTree, SoundWorkers } from '#catalogue';
import type { FileActs } from '#filing';
import { type BytePath, type Clock, isUnder } from '#kernel';
import type { Wait } from './bell.ts';
import type { Hands } from './hands.ts';
import { type Inbox, type Policy, USUAL_POLICY } from './policy.ts';
import type { GateStore } from './ports.ts';

export interface GateParts {
  readonly store: GateStore;
  readonly catalogue: Pick<CatalogueStore, 'knownContents' | 'decisions'>;
  readonly workers: SoundWorkers;
  readonly tree: FileTree;
  readonly acts: Pick<FileActs, 'list' | 'state'>;
  readonly hands: Hands;
  readonly clock: Clock;
  readonly sleep: Wait;
  /** Ids that are hard to guess, of letters and digits. */
  readonly newId: () => string;
  readonly inboxes: readonly Inbox[];
  /** Real paths of the folders that hold the library: one that is empty is a volume that is not there. */
  readonly roots: readonly BytePath[];
  readonly settings: {
    readonly leaseSeconds: number;
    /** Times that a file is tried. */
    readonly attempts: number;
    /** Before the first try again; doubled with each. */
    readonly retrySeconds: number;
  };
}

/** The inbox by its name, or the one in which the file lies. */
export function inboxOf(inboxes: readonly Inbox[], name: string | null, path: BytePath): Inbox | undefined {
  return inboxes.find((inbox) => inbox.name === name) ?? inboxes.find((inbox) => isUnder(path, inbox.path));
}

export function policyOf(inboxes: readonly Inbox[], name: string | null, path: BytePath): Policy {
  return inboxOf(inboxes, name, path) ?? USUAL_POLICY;
}
