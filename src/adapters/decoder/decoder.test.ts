import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pathFromBytes } from '#kernel';
import { decoderContract } from '../../catalogue/decoder.contract.ts';
import { openFile } from '../files/index.ts';
import { createFfmpegDecoder, createNodeAvDecoder } from './index.ts';

let made = '';
beforeAll(() => {
  made = mkdtempSync(path.join(tmpdir(), 'reprise-decoder-'));
});
afterAll(() => rmSync(made, { recursive: true }));

const open = (file: string) => openFile(pathFromBytes(Buffer.from(file)));
const folder = (): string => made;

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const skipped = hasFfmpeg ? '' : ' (skipped: ffmpeg is not installed)';
it.skipIf(!hasFfmpeg)(`knows junk behind a FLAC from damage within it${skipped}`, async () => {
  execFileSync('ffmpeg', [...'-v error -f lavfi -i anoisesrc=d=2 -c:a flac'.split(' '), path.join(made, 'noise.flac')]);
  const whole = readFileSync(path.join(made, 'noise.flac'));
  const integrityOf = async (name: string, bytes: Buffer) => {
    writeFileSync(path.join(made, name), bytes);
    using handle = open(path.join(made, name));
    return (await (await createNodeAvDecoder())?.decode(handle, {}))?.integrity;
  };
  const behind = { errors: 0, complaints: [/behind the sound/] };
  expect(await integrityOf('junk.flac', Buffer.concat([whole, Buffer.from('junkjunk01')]))).toMatchObject(behind);
  expect(await integrityOf('zeros.flac', Buffer.concat([whole, Buffer.alloc(128)]))).toMatchObject(behind);
  expect(await integrityOf('cut.flac', whole.subarray(0, -300))).not.toMatchObject({ errors: 0 });
});

it.skipIf(!hasFfmpeg)(`knows what rate Vorbis was set to, and that others do not say${skipped}`, async () => {
  const coded = '-v error -y -f lavfi -i anoisesrc=d=2:c=pink:r=44100 -ac 2 -c:a libvorbis -q:a 5'.split(' ');
  execFileSync('ffmpeg', [...coded, path.join(made, 'set.ogg')]);
  execFileSync('ffmpeg', ['-v', 'error', '-i', path.join(made, 'set.ogg'), path.join(made, 'set.mp3')]);
  const decoders = [await createNodeAvDecoder(), await createFfmpegDecoder()];
  const rates = async (name: string) =>
    Promise.all(
      decoders.map(async (decoder) => {
        using handle = open(path.join(made, name));
        return (await decoder?.decode(handle, {}))?.stream.nominalBitRate;
      }),
    );
  expect(await rates('set.ogg')).toEqual([160_000, 160_000]);
  expect(await rates('set.mp3')).toEqual([undefined, undefined]);
});

decoderContract({ name: 'node-av', create: createNodeAvDecoder, open, folder });
decoderContract({ name: 'ffmpeg', create: createFfmpegDecoder, open, folder });
