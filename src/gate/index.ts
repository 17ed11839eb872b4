/** The live import gate: a file arrives, is judged, and is admitted, held or refused. */
export type * from './gate.ts';
export * from './model.ts';
export type * from './ports.ts';
export type { ReleasePlace } from './release.ts';
