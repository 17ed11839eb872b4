/** What a sound is: its stream, its tags, its wholeness, and which of two copies is better. */
export * from './coding.ts';
export * from './extensions.ts';
export * from './quality.ts';
export * from './stream.ts';
export * from './tag-fields.ts';
export * from './tags.ts';
