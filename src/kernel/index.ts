/** The words that everybody shares. Imports nothing. */
export * from './byte-path.ts';
export * from './clock.ts';
export * from './errors.ts';
export * from './exact-document.ts';
export * from './join-words.ts';
export * from './mount-table.ts';
export * from './outcome.ts';
export * from './progress.ts';
export * from './sent-error.ts';
export * from './shown-name.ts';
export * from './similar.ts';
export * from './text.ts';
