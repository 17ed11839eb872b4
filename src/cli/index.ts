/** The command line: arguments in, results, talk and an exit code out. */
export type * from './app.ts';
export { runCommandLine } from './run.ts';
export type { NewFile, Output, PictureTools, Rasterise, Surroundings, TextFile } from './surroundings.ts';
