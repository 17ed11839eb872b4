import { describe, expect, it } from 'vitest';
import { createFingerprinter } from '#fingerprint';
import { drone, hum, rain } from '../../test/support/ambience.ts';
import { createRandom, cut, mixed, music, noise, pcmOf, scaled } from '../../test/support/music.ts';
import { agreementVariance, bitStatisticsOf } from './bit-statistics.ts';
import { createComparisonKernel, excerptOf, highestSignificance, significanceOf } from './significance.ts';

const kernel = createComparisonKernel();

function itemsOf(sound: Float32Array): Uint32Array {
  const fingerprinter = createFingerprinter({ phases: 1 });
  fingerprinter.push(pcmOf(sound));
  return fingerprinter.finish()[0] as Uint32Array;
}

function coins(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  return Uint32Array.from({ length }, () => random() * 2 ** 32);
}

/** Highest significance of each two, the largest first. */
function betweenAll(sounds: readonly Float32Array[]): number[] {
  const excerpts = sounds.map((sound) => excerptOf(itemsOf(sound), kernel));
  return excerpts
    .flatMap((a, i) => excerpts.slice(i + 1).map((b) => highestSignificance(a, b, kernel)))
    .sort((one, other) => other - one);
}

describe('bit statistics', () => {
  it('give coins a variance of 32, and bits that change slowly more', () => {
    const [a, b] = [coins(1, 4000), coins(2, 4000)].map((items) => bitStatisticsOf(items, kernel));
    expect(agreementVariance(a!, b!, kernel)).toBeGreaterThan(28);
    expect(agreementVariance(a!, b!, kernel)).toBeLessThan(36);
    const slow = [3, 4].map((seed) => {
      const items = coins(seed, 1000);
      const stretched = Uint32Array.from({ length: 4000 }, (_, t) => items[t >> 2]!);
      return bitStatisticsOf(stretched, kernel);
    });
    expect(agreementVariance(slow[0]!, slow[1]!, kernel)).toBeGreaterThan(60);
  });
});

describe('significance', () => {
  it('of what has nothing to do with each other is around 0, with a deviation of about 1', () => {
    const values = Array.from(
      { length: 60 },
      (_, i) => significanceOf(coins(2 * i, 300), coins(2 * i + 1, 300), kernel)!,
    );
    const square = values.reduce((sum, z) => sum + z * z, 0) / values.length;
    expect(square).toBeGreaterThan(0.3);
    expect(square).toBeLessThan(1.7);
  });

  it('of a noisy copy is high and grows with its length', () => {
    const song = music(1, 33);
    const copy = mixed(song, noise(9, 33, 300));
    const at = (seconds: number): number =>
      significanceOf(itemsOf(cut(song, 0, seconds)), itemsOf(cut(copy, 0, seconds)), kernel)!;
    expect(at(10)).toBeGreaterThan(8);
    expect(at(30)).toBeGreaterThan(20);
  });

  it('is the same from either side, and when long sounds are taken in pieces', () => {
    const [a, b] = [itemsOf(music(1, 20)), itemsOf(music(2, 20))];
    expect(significanceOf(a, b, kernel)).toBeCloseTo(significanceOf(b, a, kernel)!, 6);
    const long = coins(1, 9000);
    const changed = long.map((item, t) => (t % 3 === 0 ? item : coins(t, 1)[0]!));
    expect(significanceOf(long, changed, kernel)!).toBeGreaterThan(60);
  });

  it('is not known where next to nothing is compared', () => {
    expect(significanceOf(coins(1, 15), coins(1, 15), kernel)).toBeNull();
  });
});

describe('unrelated sounds in which little happens are never significant:', () => {
  const seeds = [1, 2, 3, 4];
  it.each<[string, (seed: number) => Float32Array]>([
    ['drones', (seed) => drone(seed, 33, 40)],
    ['very slow drones', (seed) => drone(seed, 33, 200)],
    ['band noise', (seed) => noise(seed, 33, 2000)],
    ['rain', (seed) => rain(seed, 33)],
    ['hum and hiss', (seed) => hum(seed, 33)],
    ['near-silence', (seed) => noise(seed, 33, 1)],
  ])('%s', (_, make) => {
    const [highest] = betweenAll(seeds.map(make));
    expect(highest).toBeLessThan(5);
  });

  it('nor one kind against another', () => {
    const kinds = [drone(1, 33, 40), drone(2, 33, 200), drone(3, 33, 200), noise(4, 33, 2000), rain(5, 33), hum(6, 33)];
    const [highest] = betweenAll([...kinds, music(7, 33), scaled(noise(8, 33, 1), 2)]);
    expect(highest).toBeLessThan(5);
  });
});
