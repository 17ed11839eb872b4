import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { encodePng, openRasteriser } from './index.ts';

/** Width, height and RGB bytes, as FFmpeg decodes them. */
function decoded(png: Uint8Array): { size: string; rgb: Buffer } {
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', '-'],
    { input: png },
  );
  const raw = spawnSync('ffmpeg', ['-v', 'error', '-i', '-', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], {
    input: png,
    maxBuffer: 2 ** 26,
  });
  expect(`${probe.stderr}${raw.stderr}`).toBe('');
  return { size: String(probe.stdout).trim(), rgb: raw.stdout };
}

describe('encodePng', () => {
  it('makes a PNG of exactly these pixels', () => {
    const palette = Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 128, 255);
    const png = encodePng({ width: 3, height: 2, palette, indices: Uint8Array.of(0, 1, 2, 2, 1, 0) });
    const { size, rgb } = decoded(png);
    expect(size).toBe('png,3,2');
    expect([...rgb]).toEqual([0, 0, 0, 255, 0, 0, 0, 128, 255, 0, 128, 255, 255, 0, 0, 0, 0, 0]);
  });

  it('makes the same bytes again', () => {
    const pixels = {
      width: 40,
      height: 30,
      palette: new Uint8Array(768).map((_, i) => i),
      indices: new Uint8Array(1200).map((_, i) => i),
    };
    expect(encodePng(pixels)).toEqual(encodePng(pixels));
  });
});

describe('the rasteriser', () => {
  const svg = (inner: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" viewBox="0 0 60 20"><style>.p{fill:#ffffff}.t{fill:#000000;font:14px sans-serif}@media (prefers-color-scheme:dark){.p{fill:#101010}.t{fill:#ffffff}}</style><rect class="p" width="60" height="20"/>${inner}</svg>`;

  it('draws at twice the size, in light', async () => {
    const { size, rgb } = decoded((await openRasteriser())(svg('')));
    expect(size).toBe('png,120,40');
    expect(rgb.every((byte) => byte === 255)).toBe(true);
  });

  it('has letters of its own, whatever fonts the machine has', async () => {
    const { rgb } = decoded((await openRasteriser())(svg('<text class="t" x="2" y="15">Añб</text>')));
    expect(rgb.filter((byte) => byte < 64).length).toBeGreaterThan(100);
  });
});
