/** Plans that bring one file, and what belongs to it alone, to a place of its own. */
import type { BytePath } from '#kernel';
import type { Plan, PlanItem, PlannedFile, Verb } from './plan.ts';
import { sidecarDestination } from './sidecars.ts';

/** How a file comes to its place. With `move` it leaves the old one; with the others it stays there as well. */
export type PlacementKind = 'copy' | 'move' | 'hardlink' | 'reflink' | 'symlink';

export interface Placement {
  /** Of the plan. Applied again under the same id, nothing is done twice: the report says where the file lies. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly made: string;
  readonly source: PlannedFile;
  readonly how: PlacementKind;
  /** Where it goes; where that is taken, a free name beside it. */
  readonly destination: BytePath;
  readonly roots: readonly BytePath[];
  /** In words, the weightiest first; never empty. */
  readonly reasons: readonly string[];
  /** Files beside the source that belong to it alone, and so go the same way. */
  readonly sidecars?: readonly PlannedFile[];
  /** What made it, as a person would write it; otherwise `gate`. */
  readonly command?: string;
}

const VERB_OF: Readonly<Record<PlacementKind, Verb>> = {
  copy: 'copy',
  move: 'move',
  hardlink: 'place-hardlink',
  reflink: 'place-reflink',
  symlink: 'place-link',
};

/** The file is item 1; its sidecars follow it, under its name wherever that turns out to be. */
export function placementPlan({ id, made, source, how, destination, roots, reasons, ...more }: Placement): Plan {
  const { sidecars = [], command = 'gate' } = more;
  const bare = { verb: VERB_OF[how], keeper: null, sameBytes: false, edits: [] };
  const first: PlanItem = { ...bare, n: 1, source, destination, follows: [], reasons };
  const others = sidecars.map(
    (sidecar, at): PlanItem => ({
      ...{ ...bare, n: at + 2, source: sidecar, follows: [1] },
      destination: sidecarDestination(sidecar.path, source.path, destination),
      reasons: ['belongs to item 1 and goes along'],
    }),
  );
  return { id, made, command, roots, protected: [], reclaimableBytes: 0, items: [first, ...others] };
}
