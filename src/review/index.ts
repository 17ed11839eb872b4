/** Duplicate groups, the copy worth keeping, and what is known of one file or the whole library. */
export * from './build-groups.ts';
export * from './decide.ts';
export * from './decisions-document.ts';
export * from './decisions-import.ts';
export { explain } from './explain/chain.ts';
export type { ComparedPair, Finding, FindingStep, FindingWeight } from './explain/finding.ts';
export * from './file-facts.ts';
export * from './group-changes.ts';
export * from './groups-document.ts';
export * from './groups-schema.ts';
export * from './keep-plan.ts';
export * from './keeper.ts';
export * from './library-figures.ts';
export { pathFields } from './path-fields.ts';
export * from './words.ts';
