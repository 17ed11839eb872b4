/** `--picture FILE`: what is drawn goes into a new file, as SVG or PNG by its ending. */
import { AppError, type BytePath, extensionOf } from '#kernel';
import type { EncodePng } from '#picture';
import { type CommandContext, optionValues } from './context.ts';
import { pathsOf } from './operands.ts';
import { shellWord } from './terminal/safe-text.ts';

/** A picture that was asked for. */
export interface WantedPicture {
  readonly encodePng: EncodePng;
  /** Writes it, as what its name says. @throws AppError `output/…` */
  write(svg: string): void;
}

/**
 * Sees before any work is done whether the picture can be made; `undefined` where none is wanted.
 * @throws AppError `usage/bad-value`, `output/…`, `picture/no-rasteriser`
 */
export async function wantedPicture(context: CommandContext): Promise<WantedPicture | undefined> {
  const word = optionValues(context, 'picture').at(-1);
  if (word === undefined) return undefined;
  const { surroundings, talk } = context;
  const path = pathsOf(context, [word])[0] as BytePath;
  const ending = extensionOf(path);
  if (ending !== 'svg' && ending !== 'png') throw neither(word);
  const { encodePng, openRasteriser } = await surroundings.openPictures();
  const rasterise = ending === 'png' ? await openRasteriser() : undefined;
  const file = await surroundings.prepareFile(path);
  return {
    encodePng,
    write(svg) {
      file.write(rasterise ? rasterise(svg) : svg);
      talk.say(`The picture is in ${shellWord(path)}.`);
    },
  };
}

function neither(word: string): AppError {
  return new AppError('usage/bad-value', `--picture must name a file that ends in .svg or .png, not "${word}".`, {
    kind: 'usage',
    hint: 'An .svg is small, sharp at every size and follows light and dark; a .png can be shown everywhere.',
  });
}
