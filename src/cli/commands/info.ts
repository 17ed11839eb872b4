import type { PortrayedSound } from '#catalogue';
import { AppError, type BytePath, displayPath } from '#kernel';
import type { App } from '../app.ts';
import { type CommandContext, type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { wantedPicture } from '../picture.ts';
import { renderFile, renderLibrary } from '../render/info.ts';
import type { View } from '../render/view.ts';

export const runInfo: CommandRun = async (context) => {
  const [path] = pathsOf(context, context.invocation.operands);
  const view = viewOf(context, [context.surroundings.machine().workingFolder as BytePath]);
  if (path !== undefined) return fileInfo(context, path, view);
  if (hasOption(context, 'picture')) throw pictureOfNothing();
  const info = await (await context.openApp()).libraryInfo(context.run);
  if (hasOption(context, 'json')) printJson(context, info);
  else print(context, renderLibrary(info, view));
  return EXIT.done;
};

async function fileInfo(context: CommandContext, path: BytePath, view: View): Promise<number> {
  const picture = await wantedPicture(context);
  const app: App = await context.openApp();
  let portrayed: PortrayedSound | undefined;
  const onPortrait = (sound: PortrayedSound): void => {
    portrayed = sound;
  };
  const info = await app.fileInfo(path, { ...context.run, ...(picture && { onPortrait }) });
  if (hasOption(context, 'json')) printJson(context, info);
  else print(context, renderFile(info, context.talk.verbosity > 0, view));
  if (!picture) return EXIT.done;
  if (!portrayed) throw noSound(path);
  const { drawFile } = await import('#picture');
  const { filePicture } = await import('../render/pictures.ts');
  picture.write(drawFile(filePicture(path, portrayed), picture.encodePng));
  return EXIT.done;
}

function pictureOfNothing(): AppError {
  return new AppError('usage/too-few', '--picture draws one file, and none was named.', {
    kind: 'usage',
    hint: 'Name it: reprise info FILE --picture OUT.svg.',
  });
}

function noSound(path: BytePath): AppError {
  return new AppError('picture/no-sound', `${displayPath(path)} holds no sound that could be drawn.`, {
    kind: 'unsupported',
    hint: 'What is printed above says why.',
  });
}
