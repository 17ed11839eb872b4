import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
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

decoderContract({ name: 'node-av', create: createNodeAvDecoder, open, folder });
decoderContract({ name: 'ffmpeg', create: createFfmpegDecoder, open, folder });
