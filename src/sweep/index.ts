/** Exact duplicates against a protected reference. */
export { planSweep, type SweepOptions, type SweepParts, type SweepReport, type SweepSummary } from './plan-sweep.ts';
export type * from './ports.ts';
export * from './request.ts';
