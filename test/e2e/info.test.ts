/** What `info` says about a file that was never scanned, beside a library that was searched. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileInfo } from '#cli';
import { DOCUMENT_SCHEMAS } from '../../tools/document-schemas.mts';
import { joined, mixed, music, noise, pcmOf, silence } from '../support/music.ts';
import { createWorkplace, fillWithMusic, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

let place: Workplace;
const arrived = (name: string): string => path.join(path.dirname(place.data), name);

beforeAll(() => {
  place = createWorkplace();
  fillWithMusic(place.music);
  rmSync(path.join(place.music, 'page.mp3'));
  const softer = joined(
    silence(1.3),
    music(1, 16).map((sample) => sample * 0.4),
  );
  writeWav(arrived('arrived.wav'), pcmOf(mixed(softer, noise(8, 17.3, 12))));
  writeWav(arrived('stranger.wav'), pcmOf(music(99, 20)));
});
afterAll(() => place[Symbol.dispose]());

function info(name: string): FileInfo {
  const { stdout, stderr } = place.reprise('info', arrived(name), '--json');
  const document = JSON.parse(stdout || 'null') as FileInfo;
  expect(DOCUMENT_SCHEMAS.file.safeParse(document).error, stderr).toBeUndefined();
  return document;
}

describe('info about a file that is not in the catalogue', { timeout: 180_000 }, () => {
  it('says nothing of a library that was never searched, and leaves nothing behind', () => {
    expect(place.reprise('scan', place.music).status).toBe(0);
    expect(info('arrived.wav')).toMatchObject({ inCatalogue: false, lookedUp: null, relations: [] });
    expect(readdirSync(place.data)).not.toContain('index');
  });

  it('says which recordings of the library it may be', () => {
    expect(place.reprise('match').status).toBe(0);
    const { lookedUp, relations } = info('arrived.wav');
    expect(lookedUp?.compared).toBeGreaterThan(0);
    const names = relations
      .filter(({ relation }) => relation === 'same-recording')
      .map((fact) => path.basename(fact.path));
    expect(names.sort()).toEqual(['song (copy).wav', 'song later.wav', 'song tagged.wav', 'song.wav']);
    const { stdout } = place.reprise('info', arrived('arrived.wav'));
    expect(stdout).toMatch(/Looked up +among \d+ sounds of the library; the nearest .* compared just now/);
    expect(stdout).toMatch(/same recording +\d+ % .*song later\.wav/);
  });

  it('finds nothing for a stranger', () => {
    expect(info('stranger.wav')).toMatchObject({ lookedUp: { compared: 0 }, relations: [] });
    expect(place.reprise('info', arrived('stranger.wav')).stdout).toContain('none shares enough notes');
  });

  it('lets a person’s word stand above what was found', () => {
    place.reprise('decide', arrived('arrived.wav'), path.join(place.music, 'song later.wav'), 'different');
    const names = info('arrived.wav').relations.map((fact) => path.basename(fact.path));
    expect(names).not.toContain('song later.wav');
    expect(names).toContain('song.wav');
  });
});
