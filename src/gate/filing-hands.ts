/** The gate's hands: plans of one item each, applied by filing under an id that tells when they were applied before. */
import { stampOfKey } from '#catalogue';
import { applyPlan, type FilingParts, type Plan, type PlannedFile, placementPlan, recover, swapPlan } from '#filing';
import { type BytePath, joinPath } from '#kernel';
import type { HandledFile, Hands } from './hands.ts';

export interface FilingHandsParts {
  /** Opened when it is first needed. */
  readonly filing: () => Promise<FilingParts>;
  /** Nothing may happen to these. */
  readonly protectedPaths: readonly BytePath[];
  /** Folders whose files belong together: the trash of a file lies at the top of its root. Real paths. */
  readonly roots: readonly BytePath[];
}

/** One file at a time, and the gate tries again itself what fails in passing. */
const PACE = { width: 1, retries: 0, retryDelayMs: 0 };

export function createFilingHands({ filing, protectedPaths, roots }: FilingHandsParts): Hands {
  const made = async (): Promise<string> => new Date((await filing()).clock.now()).toISOString();
  let recovered: Promise<unknown> | undefined;
  /** @returns where the first item's file lies now */
  const apply = async (plan: Plan): Promise<BytePath | null> => {
    const parts = await filing();
    recovered ??= recover(parts);
    try {
      await recovered;
    } catch (error) {
      // Whoever comes next tries again.
      recovered = undefined;
      throw error;
    }
    const signal = new AbortController().signal;
    const options = { signal, progress: () => {}, onItem: () => {}, pace: PACE, protectedPaths, dryRun: false };
    const [report] = (await applyPlan(plan, parts, options)).items;
    if (report?.error) throw report.error;
    return report?.now ?? null;
  };
  return {
    async place(id, file, how, library, destination, reasons) {
      const source = planned(file);
      const to = joinPath(library, destination);
      const now = await apply(placementPlan({ id, made: await made(), source, how, destination: to, roots, reasons }));
      return now ?? to;
    },
    async putAway(id, file, keeper, reasons) {
      const source = planned(file);
      const item = { n: 1, verb: 'trash', source, destination: null, keeper: planned(keeper), reasons } as const;
      const items = [{ ...item, sameBytes: false, follows: [], edits: [] }];
      const reclaimableBytes = source.sizeBytes;
      const plan = { id, made: await made(), command: 'gate', roots, protected: [], reclaimableBytes, items };
      await apply(plan);
    },
    async swap(id, old, better, reasons) {
      await apply(swapPlan({ id, made: await made(), old: planned(old), better: planned(better), roots, reasons }));
    },
  };
}

function planned({ path, stamp, contentHash }: HandledFile): PlannedFile {
  const { sizeBytes, mtimeNs, inode } = stampOfKey(stamp);
  return { path, sizeBytes, mtimeNs, inode, contentHash };
}
