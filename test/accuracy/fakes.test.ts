// Fake lossless, seen and not seen, on sounds made by real coders: the small share of `npm run fakes` that every test run has.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SoundEvidence, wallOf } from '#audio';
import { pathFromBytes } from '#kernel';
import { createEvidenceMeter } from '#signal';
import { createFfmpegDecoder } from '../../src/adapters/decoder/index.ts';
import { openFile } from '../../src/adapters/files/index.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const because = hasFfmpeg ? '' : ' (SKIPPED: needs ffmpeg; npm run setup:system)';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-fakes-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ffmpeg = (...argv: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...argv]);
const at = (name: string): string => path.join(folder, name);

/** Noise that swells and dies away three times a second, darker towards the top: as much as coders need to be at work. */
function master(name: string, change = 'anull'): string {
  const noise = 'anoisesrc=d=34:c=pink:r=44100:a=0.5:seed=3';
  const chain = `tremolo=f=3:d=0.9,${change}`;
  ffmpeg('-f', 'lavfi', '-i', noise, '-af', chain, '-ac', '2', '-sample_fmt', 's16', at(name));
  return at(name);
}

function fake(name: string, ...coding: string[]): string {
  const coded = at(`${name}.mka`);
  ffmpeg('-i', master('master.flac'), ...coding, coded);
  ffmpeg('-i', coded, '-sample_fmt', 's16', at(`${name}.flac`));
  return at(`${name}.flac`);
}

async function evidenceOf(file: string): Promise<SoundEvidence> {
  const decoder = await createFfmpegDecoder();
  using handle = openFile(pathFromBytes(Buffer.from(file)));
  const meter = createEvidenceMeter();
  const report = await decoder?.decode(handle, { samples: (block) => meter.push(block) });
  return meter.finish(report?.stream ?? { sampleRateHz: 0, lossless: false });
}

describe.skipIf(!hasFfmpeg)(`what a lossless file was made from${because}`, () => {
  it.each([128, 192])('is MP3 where it was, at %i kbit/s', { timeout: 60_000 }, async (kbps) => {
    const evidence = await evidenceOf(fake(`mp3-${kbps}`, '-c:a', 'libmp3lame', '-b:a', `${kbps}k`));
    expect(evidence.codedAs).toBe('mp3');
  });

  it('is AAC where it was', { timeout: 60_000 }, async () => {
    expect((await evidenceOf(fake('aac', '-c:a', 'aac', '-b:a', '96k'))).codedAs).toBe('aac');
  });

  it('is undecided where a filter ends the band as a coder does', { timeout: 60_000 }, async () => {
    const filter = "firequalizer=gain='if(lt(f,17000),0,-120)':delay=0.05";
    const { bands, codedAs } = await evidenceOf(master('filtered.flac', filter));
    expect((bands && wallOf(bands)?.depthDb) ?? 0).toBeGreaterThan(40);
    expect(codedAs).toBeNull();
  });

  it('is undecided of a master, and of bits that were added', { timeout: 60_000 }, async () => {
    expect((await evidenceOf(master('whole.flac'))).codedAs).toBeNull();
    ffmpeg('-i', at('whole.flac'), '-sample_fmt', 's32', '-bits_per_raw_sample', '24', at('padded.flac'));
    expect(await evidenceOf(at('padded.flac'))).toMatchObject({ usedBits: 16, codedAs: null });
  });
});
