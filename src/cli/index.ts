/** The command line: arguments in, results, talk and an exit code out. */
export type * from './app.ts';
export type * from './daemon.ts';
export type * from './filing-app.ts';
export type * from './gate-app.ts';
export type * from './keep-app.ts';
export type { Log } from './log-type.ts';
export { runCommandLine } from './run.ts';
export type { RunOptions } from './run-options.ts';
export type * from './store-app.ts';
export type * from './store-app.ts';
export type {
  GrowingFile,
  NewFile,
  Output,
  PictureTools,
  Rasterise,
  Surroundings,
  TableColumn,
  TableEncoder,
  TableRow,
  Tell,
  TextFile,
  TokenEntry,
  Tokens,
} from './surroundings.ts';
export type * from './sweep-app.ts';
