// Our fingerprints against fpcalc's, word for word, on sounds made here by seed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFingerprinter, decodeFingerprintText, encodeFingerprintText, SAMPLE_RATE } from '#fingerprint';

const fpcalcMissing = spawnSync('fpcalc', ['-version']).error !== undefined;

/** A sound as a function of its seconds, from -1 to 1. */
type Voice = (seconds: number) => number;
type Maker = (random: () => number) => Voice;

const TURN = 2 * Math.PI;
const silence: Maker = () => () => 0;
const tone =
  (hz: number): Maker =>
  () =>
  (t) =>
    Math.sin(TURN * hz * t);
const noise: Maker = (random) => () => 2 * random() - 1;
const chirp =
  (from: number, to: number, seconds: number): Maker =>
  () =>
  (t) =>
    Math.sin(TURN * (from * t + ((to - from) * t * t) / (2 * seconds)));
const square =
  (hz: number): Maker =>
  () =>
  (t) =>
    Math.sin(TURN * hz * t) < 0 ? -1 : 1;
const clicks =
  (perSecond: number): Maker =>
  () =>
  (t) =>
    Math.floor(t * SAMPLE_RATE) % Math.floor(SAMPLE_RATE / perSecond) ? 0 : 1;
const scaled =
  (gain: number, maker: Maker): Maker =>
  (random) => {
    const voice = maker(random);
    return (t) => gain * voice(t);
  };
const sum =
  (...makers: Maker[]): Maker =>
  (random) => {
    const voices = makers.map((maker) => maker(random));
    return (t) => voices.reduce((total, voice) => total + voice(t) / voices.length, 0);
  };

/** Plucked notes of a pentatonic scale with overtones, some per second. */
const melody =
  (perSecond: number): Maker =>
  (random) => {
    const notes = Array.from(
      { length: 400 },
      () => 110 * 2 ** ([0, 3, 5, 7, 10][Math.floor(random() * 5)]! / 12 + Math.floor(random() * 4)),
    );
    return (t) => {
      const index = Math.floor(t * perSecond);
      const hz = notes[index % notes.length]!;
      const decay = Math.exp(-3 * (t - index / perSecond));
      return (
        decay * (0.6 * Math.sin(TURN * hz * t) + 0.3 * Math.sin(TURN * 2 * hz * t) + 0.1 * Math.sin(TURN * 5 * hz * t))
      );
    };
  };

/** What a source of 8 kHz becomes: every sample held, with the images that this makes. */
const fromEightKilohertz =
  (maker: Maker): Maker =>
  (random) => {
    const voice = maker(random);
    return (t) => voice(Math.floor(t * 8000) / 8000);
  };

const SOUNDS: readonly (readonly [name: string, seconds: number, maker: Maker])[] = [
  ['nothing', 0, silence],
  ['half a second of tone', 0.5, tone(440)],
  ['one sample less than an item', (19 * 1365 + 4095) / SAMPLE_RATE, melody(4)],
  ['exactly one item', (19 * 1365 + 4096) / SAMPLE_RATE, melody(4)],
  ['silence', 20, silence],
  ['the least noise', 20, scaled(1.2 / 32_767, noise)],
  ['a constant', 10, () => () => 0.5],
  ['a 440 Hz tone', 20, scaled(0.5, tone(440))],
  ['a tone at the lower edge', 20, scaled(0.5, tone(28))],
  ['a tone at the upper edge', 20, scaled(0.5, tone(3520))],
  ['a tone above all bins', 20, scaled(0.9, tone(5000))],
  ['full-scale noise', 60, noise],
  ['quiet noise', 60, scaled(0.01, noise)],
  ['a rising chirp', 60, scaled(0.8, chirp(50, 4000, 60))],
  ['a falling chirp', 60, scaled(0.8, chirp(5000, 20, 60))],
  ['a clipped square wave', 20, scaled(1.5, square(196))],
  ['clicks', 20, clicks(3)],
  ['a slow melody', 120, scaled(0.7, melody(1.5))],
  ['a fast melody', 120, scaled(0.7, melody(9))],
  ['a melody under noise', 120, sum(melody(4), scaled(0.5, noise))],
  ['a chord of melodies', 60, sum(melody(1), melody(2), melody(3), tone(60))],
  ['a melody from 8 kHz', 60, scaled(0.7, fromEightKilohertz(melody(5)))],
  ['a melody between silences', 60, () => (t) => (t % 20 < 10 ? Math.sin(TURN * 330 * t) * 0.5 : 0)],
  ['five minutes', 300, sum(melody(2.5), scaled(0.1, noise))],
];

function pcmOf(seconds: number, maker: Maker): Int16Array {
  let state = 2026;
  const voice = maker(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
  const clamp = (value: number): number => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_767)));
  return Int16Array.from({ length: Math.round(seconds * SAMPLE_RATE) }, (_, n) => clamp(voice(n / SAMPLE_RATE)));
}

function wavOf(pcm: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + pcm.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(pcm.byteLength, 40);
  return Buffer.concat([header, Buffer.from(pcm.buffer)]);
}

describe.skipIf(fpcalcMissing)('fingerprints are those of fpcalc (skipped where fpcalc is not installed)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'reprise-golden-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What fpcalc prints; nothing where it has no fingerprint. Debian's build exits with 3 although it is done. */
  function fpcalc(pcm: Int16Array, ...options: string[]): string {
    const file = path.join(folder, 'sound.wav');
    writeFileSync(file, wavOf(pcm));
    const { stdout } = spawnSync('fpcalc', ['-plain', '-length', '0', ...options, file], { maxBuffer: 2 ** 28 });
    return stdout.toString('latin1').trim();
  }

  it.each(SOUNDS)('on %s', (_, seconds, maker) => {
    const pcm = pcmOf(seconds, maker);
    const fingerprinter = createFingerprinter({ phases: 1 });
    fingerprinter.push(pcm);
    const [items = new Uint32Array()] = fingerprinter.finish();
    expect(items.join()).toBe(fpcalc(pcm, '-raw'));
    if (items.length === 0) return;
    const text = fpcalc(pcm);
    expect(encodeFingerprintText(items)).toBe(text);
    expect(decodeFingerprintText(text)).toEqual({ algorithm: 1, items });
  });
});
