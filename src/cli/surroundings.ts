/** Everything outside that the command line touches, so that tests can stand in for a terminal. */
import type { Environment, LogLevel, Machine, ResolvedSettings, Scope, SettingsFiles } from '#config';
import type { BytePath } from '#kernel';
import type { EncodePng } from '#picture';
import type { App, Diagnosis } from './app.ts';
import type { Daemon, DaemonOptions } from './daemon.ts';
import type { Log } from './log-type.ts';
import type { StoreApp } from './store-app.ts';
import type { SweepApp } from './sweep-app.ts';

export interface Surroundings {
  /** Arguments after the program's name, exact: bytes that are not UTF-8 are escaped as in a {@link BytePath}. */
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Writes bytes as they are on standard output. Resolves when more can be taken; they may be overwritten then. */
  writeBytes(bytes: Uint8Array): Promise<void>;
  machine(): Machine;
  /** Asks a person, one line; `undefined` at the end of input. Absent where nobody can answer. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** Calls back at Ctrl-C and at a polite request to end. */
  onInterrupt(handler: (signal: 'SIGINT' | 'SIGTERM') => void): void;
  /** Ends the process at once. */
  exitNow(code: number): void;
  /** Milliseconds since 1970. */
  now(): number;
  openSettingsFiles(): Promise<SettingsFiles>;
  /** Opens a text file for writing at its end; `exclusive` refuses one that exists. */
  openTextFile(path: BytePath, mode: 'append' | 'exclusive'): Promise<TextFile>;
  /** All of a text file, or of standard input where no path is given. @throws AppError `files/…` */
  readText(path: BytePath | undefined): Promise<string>;
  /** All bytes of a file, or of standard input where no path is given. @throws AppError `files/…` */
  readBytes(path: BytePath | undefined): Promise<Uint8Array>;
  /** Standard input, line by line as it comes in. */
  readLines(): AsyncIterable<string>;
  /** A new file that will appear whole. @throws AppError `output/…` at once where it could not be made */
  prepareFile(path: BytePath): Promise<NewFile>;
  openPictures(): Promise<PictureTools>;
  /** Makes Parquet files of tables with these columns. */
  openParquet(columns: readonly TableColumn[]): Promise<TableEncoder>;
  openTokens(resolved: ResolvedSettings): Promise<Tokens>;
  /** What this machine can do. Finds trouble, never throws because of it. */
  diagnose(resolved: ResolvedSettings): Promise<Diagnosis>;
  /** The library: a running daemon's, or opened here. @param tell is told what a person should know of that */
  createApp(resolved: ResolvedSettings, tell: Tell): Promise<App>;
  createSweepApp(resolved: ResolvedSettings, tell: Tell): Promise<SweepApp>;
  /** Opens nothing yet. */
  createStoreApp(resolved: ResolvedSettings, tell: Tell): Promise<StoreApp>;
  /** @throws AppError `daemon/running`, `catalogue/…` */
  createDaemon(resolved: ResolvedSettings, options: DaemonOptions): Promise<Daemon>;
  /** A log of JSON lines. */
  openJsonLog(level: LogLevel, write: (line: string) => void): Promise<Log>;
}

/** Takes a sentence for the person. */
export type Tell = (sentence: string) => void;

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Columns of the terminal now; `undefined` where there is none. */
  columns(): number | undefined;
}

/** A file that text is added to. Each call is one write. */
export interface TextFile {
  write(text: string): void;
  close(): void;
}

/** A file that is not there yet. */
export interface NewFile {
  /** Writes all of it, once; it is there afterwards, or nothing is. @throws AppError `output/…` */
  write(content: string | Uint8Array): void;
  /** Writes it piece by piece, once; it is there when it is finished. @throws AppError `output/…` */
  begin(): GrowingFile;
}

/** A new file that grows where nobody sees it. Disposed of before it is finished, it leaves nothing behind. */
export interface GrowingFile extends Disposable {
  write(piece: string | Uint8Array): void;
  finish(): void;
}

/** A column of a table: texts or figures. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'text' | 'figure';
}

/** In the order of the columns; `null` where something is not known. */
export type TableRow = readonly (string | number | null)[];

/** Turns a table into the pieces of a file, so that no more than a piece is held at a time. */
export interface TableEncoder {
  /** What the file goes on with; may be empty, for rows may be gathered. */
  add(rows: readonly TableRow[]): string | Uint8Array;
  /** How the file ends. Once. */
  finish(): string | Uint8Array;
}

/** Who may ask the daemon. */
export interface Tokens {
  /** In the order in which they were made. */
  list(): Promise<readonly TokenEntry[]>;
  /** @returns the secret, which is kept nowhere. @throws AppError `tokens/exists` and others */
  add(name: string, scopes: readonly Scope[]): Promise<string>;
  /** @throws AppError `tokens/missing` and others */
  revoke(name: string): Promise<void>;
}

export interface TokenEntry {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601, UTC. */
  readonly madeAt: string;
}

/** What turns drawings into files. */
export interface PictureTools {
  readonly encodePng: EncodePng;
  /** @throws AppError `picture/no-rasteriser` where this machine has none */
  openRasteriser(): Promise<Rasterise>;
}

/** Makes a PNG file of an SVG document. */
export type Rasterise = (svg: string) => Uint8Array;
