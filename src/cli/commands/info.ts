import type { BytePath } from '#kernel';
import { type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { renderFile, renderLibrary } from '../render/info.ts';

export const runInfo: CommandRun = async (context) => {
  const app = await context.openApp();
  const [path] = pathsOf(context, context.invocation.operands);
  const view = viewOf(context, [context.surroundings.machine().workingFolder as BytePath]);
  if (path === undefined) {
    const info = await app.libraryInfo(context.run);
    if (hasOption(context, 'json')) printJson(context, info);
    else print(context, renderLibrary(info, view));
    return EXIT.done;
  }
  const info = await app.fileInfo(path, context.run);
  if (hasOption(context, 'json')) printJson(context, info);
  else print(context, renderFile(info, context.talk.verbosity > 0, view));
  return EXIT.done;
};
