/** SVG to PNG, by the optional package resvg-js with the fonts of dejavu-fonts-ttf: drawn alike on every machine. */
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Rasterise } from '#cli';
import { AppError } from '#kernel';

/** Pixels per unit of the drawing: sharp on dense screens. Chosen. */
const ZOOM = 2;
const FAMILY = 'DejaVu Sans';

/** Loads it. @throws AppError `picture/no-rasteriser` where the packages are not there or do not fit the system */
export async function openRasteriser(): Promise<Rasterise> {
  try {
    const { Resvg } = await import('@resvg/resvg-js');
    const fonts = path.dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
    const font = {
      fontFiles: ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => path.join(fonts, file)),
      // For names in scripts that DejaVu lacks.
      loadSystemFonts: true,
      defaultFontFamily: FAMILY,
      sansSerifFamily: FAMILY,
    };
    return (svg) => new Resvg(svg, { fitTo: { mode: 'zoom', value: ZOOM }, font }).render().asPng();
  } catch (cause) {
    throw new AppError(
      'picture/no-rasteriser',
      'PNG pictures cannot be made here: the optional packages are missing.',
      {
        kind: 'unsupported',
        hint: 'Name a file that ends in .svg, or install @resvg/resvg-js and dejavu-fonts-ttf.',
        cause,
      },
    );
  }
}
