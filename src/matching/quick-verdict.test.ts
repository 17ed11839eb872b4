import { describe, expect, it } from 'vitest';
import { createSketcher, readSketch } from '#signal';
import { cut, joined, mixed, music, noise, pcmOf, scaled, silence, tone } from '../../test/support/music.ts';
import { createJudgeTools, judgeSounds } from './judge.ts';
import { quickVerdict, type SketchedSound } from './quick-verdict.ts';

const song = scaled(music(41, 30), 6000);
const other = scaled(music(42, 30), 6000);

function sketched(sound: Float32Array, decodeErrors = 0): SketchedSound {
  const sketcher = createSketcher();
  sketcher.push(pcmOf(sound));
  const sketch = readSketch(sketcher.finish());
  if (!sketch) throw new Error('A fresh sketch cannot be read.');
  return { sketch, decodeErrors };
}

const at = (offsetSeconds: number, votes = 50) => [{ offsetSeconds, speedRatio: 1, votes }];
const quick = (a: Float32Array, b: Float32Array, offsets = at(0)) => quickVerdict(sketched(a), sketched(b), offsets);

/** Every so many samples of a sound: it runs faster. */
function faster(sound: Float32Array, ratio: number): Float32Array {
  return Float32Array.from({ length: Math.floor((sound.length - 1) / ratio) }, (_, i) => {
    const [low, part] = [Math.floor(i * ratio), (i * ratio) % 1];
    return (1 - part) * (sound[low] ?? 0) + part * (sound[low + 1] ?? 0);
  });
}

describe('sketches alone', () => {
  it.each([
    ['as it is', song, 0],
    ['quieter, with faint hiss', mixed(scaled(song, 1500), noise(1, 30, 8)), 0],
    ['upside down', song.map((value) => 0 - value), 0],
    ['behind a pause', joined(silence(4.3), song), -4.3],
    ['without its first second', cut(song, 1, 30), 1],
  ])('tell one recording, %s, as the judge does', (_, b, offsetSeconds) => {
    const offsets = at(offsetSeconds + 0.1);
    const verdict = quick(song, b, offsets);
    const sides = [song, b].map((sound) => ({ pcm: pcmOf(sound), decodeErrors: 0 })) as unknown as [never, never];
    const judged = judgeSounds(...sides, offsets, createJudgeTools());
    expect(verdict).toMatchObject({ relation: judged.relation, truncated: null, speedRatio: 1, evidence: null });
    expect(judged.relation).toBe('same-recording');
    expect(verdict?.offsetSeconds).toBeCloseTo(judged.offsetSeconds ?? Number.NaN, 2);
    expect(Math.abs((verdict?.overlapSeconds ?? 0) - judged.overlapSeconds)).toBeLessThan(2.5);
    expect(verdict?.coherence).toBeGreaterThan(0.95);
    expect(verdict?.segments).toHaveLength(1);
    expect(verdict?.reasons[0]).toMatch(/from beginning to end/);
  });

  it('find the offset that fits both ends among those of a loop', () => {
    const loop = cut(song, 0, 5);
    const looped = joined(loop, loop, loop, loop, cut(other, 0, 4));
    const offsets = [...at(5, 90), ...at(-5, 80), ...at(0, 70)];
    expect(quick(looped, looped, offsets)).toMatchObject({ relation: 'same-recording', offsetSeconds: 0 });
  });

  it.each([
    ['a voice laid over all of it', mixed(song, scaled(other, 2000))],
    ['a voice for six seconds', mixed(song, joined(silence(12), scaled(cut(other, 0, 6), 3000)))],
    ['three seconds of something else inside', joined(cut(song, 0, 12), cut(other, 12, 15), cut(song, 15, 30))],
    ['five seconds fewer at the end', cut(song, 0, 25)],
    ['five seconds more at the end', joined(song, cut(other, 0, 5))],
    ['a cut in the middle', joined(cut(song, 0, 12), cut(song, 16, 30))],
    ['another speed', faster(song, 1.0005)],
  ])('leave %s to the judge', (_, b) => {
    expect(quick(song, b)).toBeUndefined();
  });

  it.each([
    ['a steady tone', tone(440, 30, 6000)],
    ['three steady tones', mixed(mixed(tone(409.1, 30, 3000), tone(883, 30, 3000)), tone(1421, 30, 3000))],
    ['noise', noise(7, 30, 2000)],
    ['silence', silence(30)],
    ['what is too short', cut(song, 0, 11)],
  ])('never call %s the same', (_, sound) => {
    expect(quick(sound, sound)?.relation).not.toBe('same-recording');
  });

  it('leave what a decoder stumbled over to the judge', () => {
    expect(quickVerdict(sketched(song, 1), sketched(song), at(0))).toBeUndefined();
    expect(quickVerdict(sketched(song), sketched(song, 2), at(0))).toBeUndefined();
  });

  it('call chance likeness different, but only where few votes speak for it', () => {
    expect(quick(song, other, [...at(3, 4), ...at(-2, 3)])).toMatchObject({
      ...{ relation: 'different', offsetSeconds: null, coherence: null, segments: [], overlapSeconds: 0 },
    });
    expect(quick(song, other, at(3, 20))).toBeUndefined();
    expect(quick(song, other, [])).toBeUndefined();
  });

  it.each([1.002, 1.005, 0.992])('do not call a copy that runs at %f of the speed different', (ratio) => {
    expect(quick(song, faster(song, ratio), at(0, 4))).toBeUndefined();
  });

  it('call nothing different that shares ten seconds somewhere', () => {
    const sample = joined(cut(other, 0, 15), cut(song, 8, 18), cut(other, 15, 20));
    expect(quick(song, sample, [...at(-7, 5), ...at(3, 3)])).toBeUndefined();
  });
});
