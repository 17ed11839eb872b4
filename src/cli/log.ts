/**
 * The log: one event a line, `time level event key=value …`. Values are written as shell words, so that
 * a name in the log can be pasted into a command, whatever bytes it is made of.
 */
import type { LogLevel } from '#config';
import type { Log } from './log-type.ts';
import { redacted } from './redact.ts';
import type { TextFile } from './surroundings.ts';
import { shellWord } from './terminal/safe-text.ts';

const LEVELS: readonly LogLevel[] = ['error', 'warning', 'info', 'debug'];

export const noLog: Log = () => {};

/** Writes events up to `level`. Each is one write, so that several runs can share a file. */
export function createLog(file: TextFile, level: LogLevel, now: () => number): Log {
  const most = LEVELS.indexOf(level);
  return (at, event, fields = {}) => {
    if (LEVELS.indexOf(at) > most) return;
    const words = Object.entries(redacted(fields)).map(([key, value]) => `${key}=${shellWord(String(value)) || "''"}`);
    file.write(`${[new Date(now()).toISOString(), at, event, ...words].join(' ')}\n`);
  };
}
