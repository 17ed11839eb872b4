/** The command line: arguments in, results, talk and an exit code out. */
export type * from './app.ts';
export { runCommandLine } from './run.ts';
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
  TextFile,
} from './surroundings.ts';
