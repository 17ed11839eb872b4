/** A command line against a scripted terminal. */
import type { App, StoreApp, Surroundings, SweepApp } from '#cli';
import type { BytePath } from '#kernel';
import { createParquetEncoder } from '../../src/adapters/parquet/index.ts';
import { createSettingsFiles } from '../../src/adapters/settings/index.ts';
import { openTextFile, prepareFile, readBytes, readLines, readText } from '../../src/adapters/text-files/index.ts';
import { openTokens } from '../../src/adapters/tokens/index.ts';

export interface Session {
  readonly surroundings: Surroundings;
  readonly out: string[];
  /** What was written as bytes; a text of it is among `out`, too. */
  readonly bytes: Uint8Array[];
  readonly talk: string[];
  readonly exits: number[];
  interrupt(signal: 'SIGINT' | 'SIGTERM', afterMs: number): void;
}

/** What a person types and what the library does. */
export interface Script {
  readonly answers?: readonly string[];
  readonly app?: Partial<App>;
  readonly sweep?: Partial<SweepApp>;
  readonly store?: Partial<StoreApp>;
  /** Is standard output a terminal? */
  readonly isTerminal?: boolean;
}

/** A command line in a home folder. Files are real, the library is what the script says. */
export function scripted(
  home: string,
  args: readonly string[],
  { answers, app = {}, sweep = {}, store = {}, isTerminal = false }: Script = {},
): Session {
  const [out, talk, exits]: [string[], string[], number[]] = [[], [], []];
  const bytes: Uint8Array[] = [];
  const left = [...(answers ?? [])];
  let time = Date.UTC(2026, 0, 2);
  let handler: (signal: 'SIGINT' | 'SIGTERM') => void = () => {};
  const outputOf = (lines: string[]) => ({
    write: (text: string) => void lines.push(text),
    isTerminal,
    columns: () => undefined,
  });
  const surroundings: Surroundings = {
    ...{ args, environment: {}, version: '1.2.3', stdout: outputOf(out), stderr: outputOf(talk) },
    writeBytes: async (piece) => {
      bytes.push(piece.slice());
      out.push(Buffer.from(piece).toString('utf8'));
    },
    machine: () => ({ cores: 2, availableBytes: 2 ** 30, homeFolder: home, workingFolder: '/music' }),
    ...(answers && { ask: async () => left.shift() }),
    onInterrupt: (given) => {
      handler = given;
    },
    exitNow: (code) => void exits.push(code),
    now: () => time,
    openSettingsFiles: async () => createSettingsFiles(),
    openTextFile,
    readText,
    readBytes,
    readLines,
    prepareFile,
    openParquet: async (columns) => createParquetEncoder(columns),
    openPictures: () => import('../../src/adapters/pictures/index.ts'),
    openTokens: async () => openTokens(`${home}/tokens.json` as BytePath, { now: () => time }),
    createDaemon: async () => ({ places: [], run: async () => true, [Symbol.asyncDispose]: async () => {} }),
    openJsonLog: async () => () => {},
    diagnose: async () => ({ checks: [] }),
    createStoreApp: async () => store as StoreApp,
    createSweepApp: async () => ({ ...sweep, [Symbol.asyncDispose]: async () => {} }) as SweepApp,
    createApp: async () => ({ ...app, [Symbol.asyncDispose]: async () => void talk.push('closed\n') }) as App,
  };
  const interrupt = (signal: 'SIGINT' | 'SIGTERM', afterMs: number): void => {
    time += afterMs;
    handler(signal);
  };
  return { surroundings, out, bytes, talk, exits, interrupt };
}
