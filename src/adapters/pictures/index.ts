/** Pictures as files: PNG images, and drawings turned into them. */
export { encodePng } from './png.ts';
export { openRasteriser } from './rasterise.ts';
