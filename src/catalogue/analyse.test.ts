import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { readSketch } from '#signal';
import { type AnalyseParts, analyseFile, hashContent, producerOf } from './analyse.ts';
import { createPayloadHash, createSampleHash } from './audio-hashes.ts';
import type { StampKey } from './model.ts';
import type { DecodeReport, Decoder, ReadableFile, SampleBlock } from './ports.ts';

const BYTES = Buffer.from('the bytes of a file');
const CONTENT_HASH = `sha256:${createHash('sha256').update(BYTES).digest('hex')}`;
const STREAM = {
  codec: 'flac',
  container: 'flac',
  sampleRateHz: 8000,
  channels: 1,
  bitsPerSample: 16,
  bitRate: null,
  lossless: true,
  declaredSeconds: null,
};

function fileOf(stamps: string[] = ['a']): ReadableFile {
  return {
    fd: -1,
    alias: '',
    sizeBytes: BYTES.length,
    extension: 'flac',
    blocks: () => [BYTES.subarray(0, 4), BYTES.subarray(4)],
    stamp: () => ((stamps.length > 1 ? stamps.shift() : stamps[0]) ?? '') as StampKey,
    [Symbol.dispose]() {},
  };
}

function decoderOf(md5: string | null): Decoder {
  const integrity = { decodedSeconds: 2, errors: 0, checksumHolds: null, complaints: [] };
  const report: DecodeReport = { stream: STREAM, integrity, declaredSampleMd5: md5 };
  return {
    name: 'test 1',
    async decode(_, { packet, samples, pcm }) {
      packet?.(Buffer.from('payload'));
      samples?.({ format: 's16', channels: 1, bitsPerSample: 16, bytes: Uint8Array.of(0, 64, 0, 192) });
      pcm?.(new Int16Array(11_025));
      return report;
    },
  };
}

const failing = (code: string): Decoder => ({
  name: 'test 1',
  decode: async () => {
    throw new AppError(code, 'It failed.', { kind: 'corrupt' });
  },
});

const READING = { common: {}, native: [], conflicts: [], cover: null };
const parts = (more: Partial<AnalyseParts> = {}): AnalyseParts => ({
  decoder: decoderOf(null),
  tags: { read: async () => READING },
  known: [],
  ...more,
});

describe('the analysis of a file', () => {
  it('hashes all bytes', () => {
    expect(hashContent(fileOf())).toBe(CONTENT_HASH);
  });

  it('does not decode what is known', async () => {
    const decoder = failing('decode/crashed');
    const analysis = await analyseFile(fileOf(), parts({ decoder, known: ['sha256:other', CONTENT_HASH] }));
    expect(analysis).toEqual({ kind: 'known', contentHash: CONTENT_HASH });
  });

  it('puts everything together', async () => {
    const analysis = await analyseFile(fileOf(), parts());
    expect(analysis).toMatchObject({
      kind: 'new',
      content: {
        contentHash: CONTENT_HASH,
        sizeBytes: BYTES.length,
        tags: READING,
        failure: null,
        sound: {
          stream: STREAM,
          durationSeconds: 2,
          audioHash: `sha256:${createHash('sha256').update('payload').digest('hex')}`,
          levels: { rms: 0.5, peak: 0.5, clippedSamples: 0 },
          evidence: { bands: null, codedAs: null },
          producer: producerOf('test 1'),
        },
      },
    });
    const sound = analysis.kind === 'new' ? analysis.content.sound : null;
    expect(sound?.fingerprint).toHaveLength(4);
    expect(readSketch(sound?.sketch ?? new Uint8Array())?.samples).toBe(11_025);
  });

  it('makes no sketch of a sound that nobody would judge', async () => {
    const endless: Decoder = {
      name: 'test 1',
      decode: async (handle, sinks) => {
        const report = await decoderOf(null).decode(handle, sinks);
        return { ...report, integrity: { ...report.integrity, decodedSeconds: 100_000 } };
      },
    };
    const analysis = await analyseFile(fileOf(), parts({ decoder: endless }));
    const sound = analysis.kind === 'new' ? analysis.content.sound : null;
    expect(sound).toMatchObject({ durationSeconds: 100_000 });
    expect(sound?.sketch).toBeUndefined();
  });

  it('holds the samples against the checksum of the format', async () => {
    const md5 = createHash('md5')
      .update(Uint8Array.of(0, 64, 0, 192))
      .digest('hex');
    const integrityWith = async (declared: string) => {
      const analysis = await analyseFile(fileOf(), parts({ decoder: decoderOf(declared) }));
      return analysis.kind === 'new' ? analysis.content.sound?.integrity : undefined;
    };
    expect(await integrityWith(md5)).toMatchObject({ checksumHolds: true, complaints: [] });
    expect(await integrityWith('0'.repeat(31))).toMatchObject({ checksumHolds: false, complaints: [/checksum/] });
  });

  it('keeps a failure of the sound as part of the content', async () => {
    const analysis = await analyseFile(fileOf(), parts({ decoder: failing('decode/not-audio') }));
    const failure = { code: 'decode/not-audio', message: 'It failed.' };
    expect(analysis).toMatchObject({ kind: 'new', content: { sound: null, failure } });
  });

  it('does not fail over tags', async () => {
    const read = async () => {
      throw new AppError('tags/unreadable', 'The tags are broken.', { kind: 'corrupt' });
    };
    const analysis = await analyseFile(fileOf(), parts({ tags: { read } }));
    const integrity = { complaints: ['The tags are broken.'] };
    expect(analysis).toMatchObject({ content: { tags: null, failure: null, sound: { integrity } } });
  });

  it('refuses a file that changes while it is read', async () => {
    await expect(analyseFile(fileOf(['a', 'b']), parts())).rejects.toMatchObject({ code: 'files/changed' });
  });

  it('does not hide other trouble', async () => {
    await expect(analyseFile(fileOf(), parts({ decoder: failing('files/unreadable') }))).rejects.toThrow('It failed.');
  });
});

describe('the payload hash', () => {
  const hashOf = (codec: string, rate: number, ...packets: Uint8Array[]): string => {
    const hash = createPayloadHash();
    for (const packet of packets) hash.push(packet);
    return hash.finish({ ...STREAM, codec, sampleRateHz: rate });
  };

  it('does not care about packets', () => {
    const bytes = new Uint8Array(200_000).map((_, i) => i * 7);
    const cuts = [bytes.subarray(0, 10), bytes.subarray(10, 5000), bytes.subarray(5000, 6000), bytes.subarray(6000)];
    expect(hashOf('mp3', 44_100, ...cuts)).toBe(hashOf('mp3', 44_100, bytes));
  });

  it('tells bare samples of different rates apart', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    expect(hashOf('pcm_s16le', 44_100, bytes)).not.toBe(hashOf('pcm_s16le', 22_050, bytes));
    expect(hashOf('mp3', 44_100, bytes)).toBe(hashOf('mp3', 22_050, bytes));
  });
});

describe('the sample hash', () => {
  const md5Of = (block: Omit<SampleBlock, 'channels'>): string => {
    const hash = createSampleHash();
    hash.push({ ...block, channels: 1 });
    hash.finish(STREAM);
    return hash.md5() ?? '';
  };
  const plain = (...bytes: number[]): string => createHash('md5').update(Uint8Array.from(bytes)).digest('hex');

  it('hashes 8-bit samples signed, as FLAC does', () => {
    expect(md5Of({ format: 'u8', bitsPerSample: 8, bytes: Uint8Array.of(128, 0, 255) })).toBe(plain(0, 128, 127));
  });

  it('moves odd widths down to the lowest bits', () => {
    const twelve = Uint8Array.of(0x30, 0x12, 0xf0, 0xff);
    expect(md5Of({ format: 's16', bitsPerSample: 12, bytes: twelve })).toBe(plain(0x23, 0x01, 0xff, 0xff));
    const twenty = Uint8Array.of(0x50, 0x34, 0x82);
    expect(md5Of({ format: 's24', bitsPerSample: 20, bytes: twenty })).toBe(plain(0x45, 0x23, 0xf8));
  });

  it('is null for lossy coding, and says rate, width and channels else', () => {
    const hash = createSampleHash();
    hash.push({ format: 'f32', channels: 1, bitsPerSample: null, bytes: new Uint8Array(4) });
    expect(hash.finish(STREAM)).toBeNull();
    const exact = createSampleHash();
    exact.push({ format: 's16', channels: 1, bitsPerSample: 16, bytes: new Uint8Array(2) });
    expect(exact.finish(STREAM)).toBe(`md5:${plain(0, 0)}:8000:16:1`);
  });
});
