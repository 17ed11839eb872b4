/** What a sound is: its stream, its tags, its wholeness, and which of two copies is better. */
export * from './extensions.ts';
export * from './stream.ts';
export * from './tags.ts';
