/** What a sound is: its stream, its tags, its wholeness, and which of two copies is better. */
export * from './band-profile.ts';
export * from './coding.ts';
export * from './extensions.ts';
export * from './file-filter.ts';
export * from './keep-rules.ts';
export * from './quality.ts';
export * from './resolution.ts';
export * from './source.ts';
export * from './stream.ts';
export * from './tag-fields.ts';
export * from './tags.ts';
