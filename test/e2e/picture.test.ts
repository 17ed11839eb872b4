/** Pictures as a person gets them: from files, through decoders and child processes, into new files. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, fillWithMusic, type Workplace } from '../support/product.ts';
import { elementsOf } from '../support/xml.ts';

let place: Workplace;
beforeAll(() => {
  place = createWorkplace();
  fillWithMusic(place.music);
});
afterAll(() => place[Symbol.dispose]());

const at = (name: string): string => path.join(place.music, name);
const wordsOf = (file: string): string =>
  elementsOf(readFileSync(at(file), 'utf8'))
    .map(({ text }) => text)
    .join('\n');

describe('compare --picture', () => {
  it('draws a match, and prints the verdict as ever', () => {
    const args = ['compare', at('song.wav'), at('song later.wav'), '--json'];
    const plain = place.reprise(...args);
    const { status, stdout, stderr } = place.reprise(...args, '--picture', at('match.svg'));
    expect(status).toBe(0);
    expect(stdout).toBe(plain.stdout);
    expect(stderr).toContain('match.svg');
    const words = wordsOf('match.svg');
    for (const said of ['The two files hold the same recording.', 'song.wav', 'song later.wav', 'Coherence']) {
      expect(words).toContain(said);
    }
    const curves = elementsOf(readFileSync(at('match.svg'), 'utf8')).map(({ attributes }) => attributes['class']);
    for (const drawn of ['curve line-match', 'curve line-error', 'curve line-a', 'curve line-b', 'fill-match pale']) {
      expect(curves).toContain(drawn);
    }
  });

  it('draws the same bytes again', () => {
    expect(place.reprise('compare', at('song.wav'), at('song later.wav'), '--picture', at('again.svg')).status).toBe(0);
    expect(readFileSync(at('again.svg'), 'utf8')).toBe(readFileSync(at('match.svg'), 'utf8'));
  });

  it('draws a miss, equal files, and what cannot be heard', () => {
    const pairs: [string, string, string][] = [
      ['other.wav', 'miss.svg', 'The two are different.'],
      ['song (copy).wav', 'equal.svg', 'equal, byte for byte'],
      ['page.mp3', 'unheard.svg', 'no sound that could be decoded'],
    ];
    for (const [other, picture, said] of pairs) {
      expect(place.reprise('compare', at('song.wav'), at(other), '--picture', at(picture)).stderr).toContain(picture);
      expect(wordsOf(picture)).toContain(said);
    }
  });

  it('draws a PNG', () => {
    expect(place.reprise('compare', at('song.wav'), at('song later.wav'), '--picture', at('match.PNG')).status).toBe(0);
    const [width, height] = (/width="(\d+)" height="(\d+)"/.exec(readFileSync(at('match.svg'), 'utf8')) ?? []).slice(1);
    const probe = spawnSync('ffprobe', [
      '-v',
      'error',
      '-show_entries',
      'stream=codec_name,width,height',
      '-of',
      'csv=p=0',
      at('match.PNG'),
    ]);
    expect(String(probe.stdout).trim()).toBe(`png,${2 * Number(width)},${2 * Number(height)}`);
  });

  it('says before it works that it cannot draw', () => {
    writeFileSync(at('kept.svg'), 'mine');
    const tried = (file: string): [number | null, string] => {
      const { status, stdout, stderr } = place.reprise('compare', at('song.wav'), at('other.wav'), '--picture', file);
      expect(stdout).toBe('');
      return [status, stderr];
    };
    expect(tried(at('a.jpg'))).toEqual([2, expect.stringContaining('.svg or .png')]);
    expect(tried(at('kept.svg'))).toEqual([5, expect.stringContaining('EEXIST')]);
    expect(tried(at('no/a.svg'))).toEqual([4, expect.stringContaining('ENOENT')]);
    expect(readFileSync(at('kept.svg'), 'utf8')).toBe('mine');
    expect(readdirSync(place.music).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('info --picture', () => {
  it('draws the spectrogram of a file', () => {
    expect(place.reprise('info', at('song.wav'), '--picture', at('song.svg')).status).toBe(0);
    const elements = elementsOf(readFileSync(at('song.svg'), 'utf8'));
    const image = elements.find(({ name }) => name === 'image')?.attributes['href'] ?? '';
    const png = Buffer.from(image.replace(/^data:image\/png;base64,/, ''), 'base64');
    const probe = spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', '-'], {
      input: png,
    });
    expect(String(probe.stdout).trim()).toMatch(/^\d{3,4},512$/);
    expect(wordsOf('song.svg')).toContain('kHz');
  });

  it('needs a file, and one with sound in it', () => {
    const nothing = place.reprise('info', '--picture', at('none.svg'));
    expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining('reprise info FILE')]);
    const page = place.reprise('info', at('page.mp3'), '--picture', at('page.svg'));
    expect([page.status, page.stderr]).toEqual([6, expect.stringContaining('no sound')]);
    expect(existsSync(at('page.svg'))).toBe(false);
  });
});
