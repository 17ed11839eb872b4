import type { LogLevel } from '#config';

/** Takes an event: a word with dots, and what belongs to it. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, string | number>>) => void;
