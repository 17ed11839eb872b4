/** What every decoder must do. Sounds are made by ffmpeg, so the suite is skipped, loudly, where it is not there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPayloadHash, createSampleHash } from './audio-hashes.ts';
import type { DecodeReport, Decoder, ReadableFile } from './ports.ts';

export interface DecoderSubject {
  readonly name: string;
  readonly create: () => Promise<Decoder | undefined>;
  readonly open: (path: string) => ReadableFile;
  /** Where the sounds are made; suites that share it make each sound once. */
  readonly folder: () => string;
}

const SECONDS = 2.5;
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** File name, how ffmpeg makes it, and what is special about it. */
type Form = readonly [
  name: string,
  args: string,
  expected?: { lossless?: true; rate?: number; channels?: number; container?: string },
];

const LOSSLESS = { lossless: true } as const;
const FORMS: readonly Form[] = [
  ['a.mp3', '-c:a libmp3lame'],
  ['mono8k.mp3', '-ac 1 -ar 8000 -c:a libmp3lame', { rate: 8000, channels: 1 }],
  ['a.mp2', '-c:a mp2'],
  ['a.flac', '-c:a flac -sample_fmt s16', LOSSLESS],
  ['a24.flac', '-c:a flac -sample_fmt s32', LOSSLESS],
  ['hires.flac', '-ar 192000 -c:a flac -sample_fmt s32', { lossless: true, rate: 192_000 }],
  ['flac.ogg', '-c:a flac -sample_fmt s16', LOSSLESS],
  ['flac.mp4', '-c:a flac -strict -2', { lossless: true, container: 'mp4' }],
  ['flac.mka', '-c:a flac -sample_fmt s16', { lossless: true, container: 'matroska' }],
  ['a.aac', '-c:a aac'],
  ['a.m4a', '-c:a aac', { container: 'mp4' }],
  ['five.m4a', '-ac 6 -c:a aac', { channels: 6 }],
  ['alac.m4a', '-c:a alac -sample_fmt s16p', LOSSLESS],
  ['a.ogg', '-c:a libvorbis', { container: 'ogg' }],
  ['vorbis.webm', '-c:a libvorbis', { container: 'webm' }],
  ['a.opus', '-c:a libopus', { rate: 48_000 }],
  ['opus.mka', '-c:a libopus', { rate: 48_000 }],
  ['a.spx', '-ac 1 -ar 16000 -c:a libspeex', { rate: 16_000, channels: 1 }],
  ['a.wma', '-c:a wmav2', { container: 'asf' }],
  ['a.wv', '-c:a wavpack -sample_fmt s16p', LOSSLESS],
  ['a.tta', '-c:a tta -sample_fmt s16', LOSSLESS],
  ['a.wav', '-c:a pcm_s16le', LOSSLESS],
  ['u8.wav', '-c:a pcm_u8', LOSSLESS],
  ['s24.wav', '-c:a pcm_s24le', LOSSLESS],
  ['s32.wav', '-c:a pcm_s32le', LOSSLESS],
  ['f32.wav', '-c:a pcm_f32le', LOSSLESS],
  ['f64.wav', '-c:a pcm_f64le', LOSSLESS],
  ['mono8k.wav', '-ac 1 -ar 8000 -c:a pcm_s16le', { lossless: true, rate: 8000, channels: 1 }],
  ['five.wav', '-ac 6 -c:a pcm_s16le', { lossless: true, channels: 6 }],
  ['ulaw.wav', '-c:a pcm_mulaw'],
  ['adpcm.wav', '-c:a adpcm_ms'],
  ['a.aiff', '-c:a pcm_s16be', LOSSLESS],
  ['a.au', '-c:a pcm_s16be', LOSSLESS],
  ['a.caf', '-c:a pcm_s16le', LOSSLESS],
  ['a.w64', '-c:a pcm_s16le', LOSSLESS],
  ['a.ac3', '-c:a ac3'],
  ['a.eac3', '-c:a eac3'],
  ['a.dts', '-c:a dca -strict -2'],
];

/** Runs the suite against one decoder. */
export function decoderContract({ name, create, open, folder }: DecoderSubject): void {
  const title = `${name} as a decoder`;
  describe.skipIf(!hasFfmpeg)(hasFfmpeg ? title : `${title} (skipped: ffmpeg is not installed)`, () => {
    let decoder: Decoder;
    const at = (file: string): string => path.join(folder(), file);
    const make = (file: string, args: string): string => {
      if (existsSync(at(file))) return at(file);
      const noise = `anoisesrc=d=${SECONDS}:r=44100:a=0.3:seed=7,pan=stereo|c0=c0|c1=0.5*c0`;
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', noise, ...args.split(' '), at(file)]);
      return at(file);
    };

    beforeAll(async () => {
      const made = await create();
      if (!made) throw new Error(`${name} is not available on this machine.`);
      decoder = made;
    });

    const decode = async (file: string): Promise<Decoded> => decodeAll(decoder, open, file);

    for (const [file, args, expected = {}] of FORMS) {
      it(`gives all of the sound in ${file}`, async () => {
        const { report, pcm, frames } = await decode(make(file, args));
        const { stream, integrity } = report;
        expect(integrity.decodedSeconds).toBeGreaterThan(0);
        expect(Math.abs(integrity.decodedSeconds - SECONDS)).toBeLessThan(0.15);
        expect(frames / stream.sampleRateHz).toBeCloseTo(integrity.decodedSeconds, 2);
        expect(pcm.length / 11_025).toBeCloseTo(integrity.decodedSeconds, 2);
        expect(stream.lossless).toBe(expected.lossless ?? false);
        expect(stream.sampleRateHz).toBe(expected.rate ?? 44_100);
        expect(stream.channels).toBe(expected.channels ?? 2);
        if (expected.container) expect(stream.container).toBe(expected.container);
        expect(integrity.errors).toBe(0);
        expect(integrity.complaints).toEqual([]);
      });
    }

    it.each(['a.mp3', 'a.flac', 'a.wav', 'hires.flac', 'f32.wav', 'a.opus'])(
      'gives left and right of %s beside the mono sound',
      async (file) => {
        const { pcm, left, right } = await decode(at(file));
        expect([left.length, right.length]).toEqual([pcm.length, pcm.length]);
        const mean = left.map((value, i) => (value + (right[i] ?? 0)) / 2);
        expect(power(mean.map((value, i) => value - (pcm[i] ?? 0)))).toBeLessThan(2);
        // The right channel was made half as loud as the left one.
        expect(power(left.map((value, i) => value - 2 * (right[i] ?? 0)))).toBeLessThan(power(left) / 100);
        expect(power(left)).toBeGreaterThan(10_000);
      },
    );

    it('gives a mono sound twice, and more channels as two', async () => {
      const mono = await decode(at('mono8k.wav'));
      expect(mono.left).toEqual(mono.pcm);
      expect(mono.right).toEqual(mono.pcm);
      const { left, right, pcm } = await decode(at('five.wav'));
      expect([left.length, right.length]).toEqual([pcm.length, pcm.length]);
      expect(power(left)).toBeGreaterThan(2 * power(right));
    });

    it('gives left and right alone as it gives them beside all else', async () => {
      for (const file of ['a.flac', 'mono8k.mp3']) {
        using handle = open(at(file));
        const lefts: number[] = [];
        await decoder.decode(handle, { stereo: (left) => lefts.push(...left) });
        expect(lefts, file).toEqual((await decode(at(file))).left);
      }
    });

    it('gives the same samples for every lossless coding of one sound', async () => {
      const files = [
        'a.wav',
        'a.flac',
        'flac.ogg',
        'flac.mka',
        'alac.m4a',
        'a.wv',
        'a.tta',
        'a.aiff',
        'a.caf',
        'a.w64',
      ];
      const expected = (await decode(at('a.wav'))).sampleHash;
      for (const file of files) expect((await decode(at(file))).sampleHash, file).toBe(expected);
      expect((await decode(at('a24.flac'))).sampleHash).toBe(
        (await decode(make('b24.wav', `-i ${at('a24.flac')} -map 1 -c:a pcm_s24le`))).sampleHash,
      );
    });

    it.each(['a.flac', 'a24.flac'])('gives the samples whose MD5 is written in %s', async (file) => {
      const { report, sampleHash } = await decode(at(file));
      expect(report.declaredSampleMd5).toMatch(/^[0-9a-f]{32}$/);
      expect(sampleHash).toContain(report.declaredSampleMd5);
    });

    it('gives the payload of an MP3 without the tags at both ends', async () => {
      const bare = make('bare.mp3', '-c:a libmp3lame -id3v2_version 0 -write_id3v1 0');
      const tagged = at('tagged.mp3');
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', bare, '-c', 'copy', '-metadata', 'title=x', tagged]);
      appendFileSync(tagged, apeTag('Artist=somebody'));
      appendFileSync(tagged, Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]));
      expect((await decode(tagged)).audioHash).toBe((await decode(bare)).audioHash);
    });

    it.each(['a.flac', 'a.m4a', 'a.ogg', 'a.opus', 'a.wma'])(
      'gives the payload of %s without its tags',
      async (file) => {
        const retagged = at(`retagged-${file}`);
        const options = file.endsWith('m4a') ? ['-movflags', '+faststart'] : [];
        const tags = ['-metadata', 'title=another', '-metadata', `comment=${'long '.repeat(2000)}`];
        execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', at(file), '-c', 'copy', ...tags, ...options, retagged]);
        expect((await decode(retagged)).audioHash).toBe((await decode(at(file))).audioHash);
      },
    );

    it('tells different sounds apart by their payload', async () => {
      const hashes = ['a.mp3', 'a.m4a', 'a.wav', 'u8.wav', 'a.aiff'].map(
        async (file) => (await decode(at(file))).audioHash,
      );
      expect(new Set(await Promise.all(hashes)).size).toBe(5);
    });

    it('sees that the end is missing', async () => {
      for (const file of ['a.mp3', 'a.flac', 'a.wav', 'a.wv', 'a.tta', 'a.aiff', 'a.au', 'a.caf', 'a.w64', 'a.m4a']) {
        const whole = readFileSync(file === 'a.m4a' ? at('retagged-a.m4a') : at(file));
        writeFileSync(at(`cut-${file}`), whole.subarray(0, whole.length / 2));
        const { report } = await decode(at(`cut-${file}`));
        expect(report.integrity.decodedSeconds, file).toBeLessThan(SECONDS - 1);
        expect(report.integrity.complaints, file).not.toEqual([]);
      }
    });

    it.each([
      ['junk', Buffer.from('junkjunk01')],
      ['zeros', Buffer.alloc(128)],
      ['an old tag and zeros', Buffer.concat([Buffer.from('TAG'), Buffer.alloc(1000)])],
      ['some noise', noise(3008)],
    ])('takes %s behind the sound for no error', async (what, junk) => {
      for (const file of ['a.mp3', 'mono8k.mp3', 'a.mp2']) {
        const junky = at(`${what}-${file}`);
        writeFileSync(junky, Buffer.concat([readFileSync(at(file)), junk]));
        const [{ report, audioHash }, whole] = [await decode(junky), await decode(at(file))];
        expect(report.integrity, file).toMatchObject({ errors: 0, complaints: [/^\d+ bytes behind the sound/] });
        expect(report.integrity.decodedSeconds, file).toBe(whole.report.integrity.decodedSeconds);
        expect(audioHash, file).toBe(whole.audioHash);
      }
      const flac = at(`${what}.flac`);
      writeFileSync(flac, Buffer.concat([readFileSync(at('a.flac')), junk]));
      const { report, sampleHash } = await decode(flac);
      expect(sampleHash).toContain(report.declaredSampleMd5);
    });

    it('takes damage within the sound for an error', async () => {
      for (const file of ['a.mp3', 'a.flac']) {
        const bytes = readFileSync(at(file));
        noise(3008).copy(bytes, bytes.length - 8000);
        writeFileSync(at(`spoilt-${file}`), bytes);
        expect((await decode(at(`spoilt-${file}`))).report.integrity.errors, file).toBeGreaterThan(0);
      }
    });

    it.each([
      ['nothing', Buffer.alloc(0), 'decode/empty'],
      ['text', Buffer.from('to be or not to be\n'.repeat(5000)), 'decode/not-audio'],
      ['a web page', Buffer.from(`<html>${'<p>music</p>'.repeat(3000)}</html>`), 'decode/not-audio'],
      ['noise', noise(200_000), 'decode/not-audio'],
      ['zeros', Buffer.alloc(100_000), 'decode/not-audio'],
      ['the start of a FLAC file', Buffer.from('fLaC'), 'decode/broken'],
    ])('refuses %s', async (_, bytes, code) => {
      writeFileSync(at('bad.mp3'), bytes);
      await expect(decode(at('bad.mp3'))).rejects.toMatchObject({ code });
    });

    it('refuses a video without sound', async () => {
      execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=d=1:s=64x64', at('silent.mkv')]);
      await expect(decode(at('silent.mkv'))).rejects.toMatchObject({ code: 'decode/no-sound' });
    });
  });
}

interface Decoded {
  readonly report: DecodeReport;
  readonly pcm: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly frames: number;
  readonly audioHash: string;
  readonly sampleHash: string | null;
}

async function decodeAll(decoder: Decoder, open: DecoderSubject['open'], file: string): Promise<Decoded> {
  using handle = open(file);
  const payload = createPayloadHash();
  const samples = createSampleHash();
  const [pcm, left, right]: [number[], number[], number[]] = [[], [], []];
  let frames = 0;
  const report = await decoder.decode(handle, {
    packet: payload.push,
    samples(block) {
      samples.push(block);
      const width = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 }[block.format];
      frames += block.bytes.length / width / block.channels;
    },
    pcm: (block) => pcm.push(...block),
    stereo(one, other) {
      left.push(...one);
      right.push(...other);
    },
  });
  const { stream } = report;
  const hashes = { audioHash: payload.finish(stream), sampleHash: samples.finish(stream) };
  return { report, pcm, left, right, frames, ...hashes };
}

function power(samples: readonly number[]): number {
  return samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
}

function apeTag(text: string): Buffer {
  const [key = '', value = ''] = text.split('=');
  const item = Buffer.concat([Buffer.alloc(8), Buffer.from(`${key}\0${value}`)]);
  item.writeUInt32LE(value.length, 0);
  const footer = Buffer.alloc(32);
  footer.write('APETAGEX', 'latin1');
  footer.writeUInt32LE(2000, 8);
  footer.writeUInt32LE(item.length + footer.length, 12);
  footer.writeUInt32LE(1, 16);
  return Buffer.concat([item, footer]);
}

function noise(bytes: number): Buffer {
  const blocks = Array.from({ length: bytes / 32 }, (_, i) => createHash('sha256').update(String(i)).digest());
  return Buffer.concat(blocks);
}
