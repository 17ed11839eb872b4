/** The library: what we have, where it lies, what it sounds like. */
export * from './model.ts';
export type * from './ports.ts';
