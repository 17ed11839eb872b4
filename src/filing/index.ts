/** Plan, apply, journal, undo: the only way anything happens to a person's files. */
export { type ApplyOptions, applyPlan } from './apply.ts';
export type { FilingParts, Pace } from './carry-out.ts';
export { type CompanionParts, withCompanions } from './companions.ts';
export type { Entry, EntryChange, EntryState, Identity, NewEntry } from './entry.ts';
export { fittedName, isInTrashFolder, numberedName, partedName } from './names.ts';
export { type Placement, type PlacementKind, placementPlan } from './placement.ts';
export type { Plan, PlanItem, PlannedFile, PlaylistEdit, Verb } from './plan.ts';
export { planDocument, readPlan } from './plan-document.ts';
export type { ByteSource, EntryFilter, FileActs, FileState, Journal, TagParts, TagWriter } from './ports.ts';
export { recover } from './recover.ts';
export type { ApplyReport, EntryReport, ItemReport } from './reports.ts';
export { type Swap, swapPlan } from './swap.ts';
export { emptyTrash, trashEntries } from './trash.ts';
export { takeBack, type UndoOptions } from './undo.ts';
