/** A plan that puts a better sound in the place of a file that other programs know: its name, tags and pictures stay. */
import type { BytePath } from '#kernel';
import type { Plan, PlannedFile } from './plan.ts';

export interface Swap {
  /** Of the plan. Applied again under the same id, nothing is done twice. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly made: string;
  readonly old: PlannedFile;
  /** Of the same extension and container. It stays where it is. */
  readonly better: PlannedFile;
  readonly roots: readonly BytePath[];
  /** In words, the weightiest first; never empty. */
  readonly reasons: readonly string[];
  /** What made it, as a person would write it; otherwise `gate`. */
  readonly command?: string;
}

/** One item: the sound of `better` comes into the place of `old`, which goes into the trash. */
export function swapPlan({ id, made, old, better, roots, reasons, command = 'gate' }: Swap): Plan {
  const facts = { n: 1, source: old, destination: null, keeper: null, sameBytes: false, follows: [], edits: [] };
  return {
    ...{ id, made, command, roots, protected: [], reclaimableBytes: 0 },
    items: [{ ...facts, verb: 'replace-in-place', replacement: better, reasons }],
  };
}
