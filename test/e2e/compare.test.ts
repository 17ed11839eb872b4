/** The chain of evidence as a person gets it: from files, through decoders and child processes, into sentences. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '#review';
import { DOCUMENT_SCHEMAS } from '../../tools/document-schemas.mts';
import { cut, joined, mixed, music, pcmOf, scaled, shelved, silence } from '../support/music.ts';
import { createWorkplace, fillWithMusic, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

let place: Workplace;
beforeAll(() => {
  place = createWorkplace();
  fillWithMusic(place.music);
  const long = music(1, 40);
  writeWav(at('long.wav'), pcmOf(long));
  writeWav(at('edit.wav'), pcmOf(joined(cut(long, 0, 15), cut(long, 22, 40))));
  writeWav(at('voice.wav'), pcmOf(mixed(long, scaled(music(3, 40, { voices: 2 }), 6000))));
  writeWav(at('bright.wav'), pcmOf(scaled(shelved(long, 0.5), 8000)));
  writeWav(at('mute.wav'), pcmOf(silence(20)));
  writeWav(at('mute too.wav'), pcmOf(silence(21)));
});
afterAll(() => place[Symbol.dispose]());

const at = (name: string): string => path.join(place.music, name);

interface Compared {
  readonly relation: string;
  readonly master: string;
  readonly evidence: readonly Finding[];
  /** The marks and sentences of a step. */
  said(step: string): string[];
}

function compare(a: string, b: string): Compared {
  const { status, stdout } = place.reprise('compare', at(a), at(b), '--json');
  expect(status).toBe(0);
  const document = JSON.parse(stdout) as Omit<Compared, 'said'>;
  expect(DOCUMENT_SCHEMAS.compare.safeParse(document).error).toBeUndefined();
  const said = (step: string): string[] =>
    document.evidence.filter((one) => one.step === step).map(({ weight, sentence }) => `${weight}: ${sentence}`);
  return { ...document, said };
}

describe('compare explains', () => {
  it('a match', () => {
    const { relation, master, evidence, said } = compare('song.wav', 'song later.wav');
    expect([relation, master]).toEqual(['same-recording', 'same']);
    expect(said('alignment')[0]).toMatch(/^for: .*A begins 0\.437 s into B, at equal speed/);
    expect(said('waveforms')[0]).toMatch(/^for: /);
    expect(said('master')[0]).toMatch(/^for: The same master.* A is [34](\.\d)? dB louder/);
    expect(evidence.filter(({ weight }) => weight === 'against')).toEqual([]);
  });

  it('a copy that was mastered anew', () => {
    const { relation, master, said } = compare('long.wav', 'bright.wav');
    expect([relation, master]).toEqual(['same-recording', 'other']);
    expect(said('master')[0]).toMatch(/^neutral: Another master: the tone differs by up to \d/);
  });

  it('a miss', () => {
    const { relation, said } = compare('song.wav', 'other.wav');
    expect(relation).toBe('different');
    expect(said('fingerprints').at(-1)).toMatch(/^against: .*notes/);
    expect(said('decision')[0]).toMatch(/^against: /);
  });

  it('an edit', () => {
    const { relation, said } = compare('long.wav', 'edit.wav');
    expect(relation).toBe('other-edit');
    expect(said('waveforms')[0]).toMatch(/^for: /);
    expect(said('shape')).toEqual([
      expect.stringMatching(/^against: A has [67](\.\d)? s that B lacks, from 0:1[45] to 0:2[123]/),
    ]);
  });

  it('a stem', () => {
    const { relation, said } = compare('long.wav', 'voice.wav');
    expect(relation).toBe('shared-parts');
    expect(said('remainder')[0]).toMatch(/^against: (B holds something|Something was added to B)/);
  });

  it('equal files, silence, and what cannot be heard', () => {
    expect(compare('song.wav', 'song (copy).wav').evidence.map(({ step }) => step)).toEqual(['files', 'decision']);
    expect(compare('mute.wav', 'mute too.wav').said('files')[1]).toContain('Both are silent');
    expect(compare('song.wav', 'page.mp3').said('files')[1]).toMatch(/^neutral: B cannot be heard: /);
  });

  it('in sentences, and with -v in figures, too', () => {
    const plain = place.reprise('compare', at('song.wav'), at('song later.wav')).stdout;
    const figures = place.reprise('compare', at('song.wav'), at('song later.wav'), '-v').stdout;
    expect(plain).toMatch(/\n {2}Alignment +\+ To the millisecond/);
    expect(plain).not.toContain('liveliness');
    expect(figures).toContain('liveliness');
    expect(figures).toContain('Bit error rate');
  });
});
