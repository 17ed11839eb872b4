import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Curve, Segment } from '#matching';
import { createPortraitMeter, type SoundPortrait } from '#signal';
import { createRandom } from '../../test/support/music.ts';
import { elementsOf, type XmlElement } from '../../test/support/xml.ts';
import { drawFile } from './file.ts';
import { drawPair, type PairPicture } from './pair.ts';
import type { Pixels } from './spectrogram.ts';

/** Noise at 44.1 kHz. */
function portrait(seed: number, seconds: number, { level = 0.3, channels = 2, rate = 44_100 } = {}): SoundPortrait {
  const random = createRandom(seed);
  const meter = createPortraitMeter(rate);
  const samples = Float32Array.from({ length: Math.round(seconds * rate) * channels }, () => (random() - 0.5) * level);
  meter.push({ format: 'f32', channels, bytes: new Uint8Array(samples.buffer) });
  return meter.finish();
}

const LONG = portrait(1, 20);
const OTHER = portrait(2, 16);

function curve(count: number, value: (i: number) => number, stepSeconds = 1): Curve {
  return {
    startSeconds: stepSeconds / 2,
    stepSeconds,
    values: Float32Array.from({ length: count }, (_, i) => value(i)),
  };
}

function segment(aStartSeconds: number, bStartSeconds: number, seconds: number): Segment {
  return { aStartSeconds, bStartSeconds, seconds, bitErrorRate: 0.01 };
}

const MATCH: PairPicture = {
  sentence: 'The two files hold the same recording.',
  relation: 'same recording',
  reasons: ['The waveforms agree by 99 % over 15.0 s.'],
  figures: [
    ['Similarity', '98 %'],
    ['Offset', '+4.00 s: B starts later'],
  ],
  a: { name: 'a.flac', about: 'FLAC · 0:20', portrait: LONG },
  b: { name: 'b.mp3', about: 'MP3 · 0:16', portrait: OTHER },
  line: { offsetSeconds: 4, speedRatio: 1 },
  segments: [segment(4, 0, 16)],
  segmentLabel: ({ seconds }) => ({ short: `${seconds} s`, whole: `${seconds} s agree` }),
  coherence: curve(20, (i) => (i < 4 ? Number.NaN : 0.99)),
  bitErrors: curve(160, () => 0.02, 0.125),
};

const MISS: PairPicture = {
  ...MATCH,
  sentence: 'The two are different.',
  relation: 'different',
  reasons: ['The fingerprints share nothing.'],
  line: null,
  segments: [],
  coherence: null,
  bitErrors: null,
};

const UNHEARD: PairPicture = { ...MISS, b: { name: 'page.mp3', about: '', portrait: null } };
const TINY: PairPicture = {
  ...MISS,
  a: { ...MATCH.a, portrait: portrait(3, 0.2) },
  b: { ...MATCH.b, portrait: portrait(4, 0) },
};
const FASTER: PairPicture = {
  ...MATCH,
  line: { offsetSeconds: -2, speedRatio: 1.05 },
  segments: [segment(0, 1.9, 14)],
};
const EDIT: PairPicture = { ...MATCH, segments: [segment(0, 0, 5), segment(9, 5, 4), segment(5, 9, 4)] };
const SILENT: PairPicture = {
  ...MISS,
  a: { ...MATCH.a, portrait: portrait(5, 10, { level: 0, channels: 1, rate: 8000 }) },
};

const encode = ({ width, height }: Pixels): Uint8Array => Uint8Array.of(width & 255, height & 255);

const byName = (elements: readonly XmlElement[], name: string): XmlElement[] =>
  elements.filter((element) => element.name === name);
const texts = (svg: string): string =>
  elementsOf(svg)
    .map(({ text }) => text)
    .join('\n');

describe('a pair', () => {
  it.each(Object.entries({ MATCH, MISS, UNHEARD, TINY, FASTER, EDIT, SILENT }))(
    '%s is well-formed, and every number is one',
    (_, picture) => {
      const svg = drawPair(picture);
      for (const { attributes } of elementsOf(svg)) {
        for (const [key, value] of Object.entries(attributes))
          if (key !== 'class') expect(value).not.toMatch(/NaN|Infinity|undefined/);
      }
      expect(drawPair(picture)).toBe(svg);
    },
  );

  it('says what was found, about which files, and why', () => {
    const words = texts(drawPair(MATCH));
    for (const said of [
      MATCH.sentence,
      'same recording',
      'a.flac',
      'b.mp3',
      'MP3 · 0:16',
      ...MATCH.reasons,
      '98 %',
      '16 s',
    ]) {
      expect(words).toContain(said);
    }
  });

  it('draws one band a segment, down to where B answers', () => {
    const bands = (picture: PairPicture): string[] =>
      byName(elementsOf(drawPair(picture)), 'polygon').map(({ attributes }) => attributes['points'] ?? '');
    const upright = (points: string): boolean => {
      const [left, , , bottomLeft] = points.split(' ').map((point) => Number(point.split(',')[0]));
      return Math.abs((left ?? 0) - (bottomLeft ?? 1e9)) < 0.5;
    };
    expect(bands(MATCH).map(upright)).toEqual([true]);
    expect(bands(EDIT).map(upright)).toEqual([false, true, false]);
    expect(bands(MISS)).toEqual([]);
  });

  it('draws B where it lies over A', () => {
    const start = (svg: string, color: string): number =>
      Number(
        /^M(\S+)/.exec(
          byName(elementsOf(svg), 'path').find(({ attributes }) => attributes['class'] === color)?.attributes['d'] ??
            '',
        )?.[1],
      );
    const svg = drawPair(MATCH);
    const [a, b] = [start(svg, 'fill-a'), start(svg, 'fill-b')];
    expect((b - a) / (1172 - 76)).toBeCloseTo(4 / 20, 2);
  });

  it('breaks the curve where nothing was measured', () => {
    const gap = { ...MATCH, coherence: curve(20, (i) => (i === 10 ? Number.NaN : 0.5)) };
    const lines = (picture: PairPicture): number =>
      byName(elementsOf(drawPair(picture)), 'path').filter(
        ({ attributes }) => attributes['class'] === 'curve line-match',
      ).length;
    expect(lines(MATCH)).toBe(1);
    expect(lines(gap)).toBe(2);
  });

  it('of a miss says that nobody knows where to lay B', () => {
    const words = texts(drawPair(MISS));
    expect(words).toContain('no place was found');
    expect(words).toContain('not measured');
    expect(texts(drawPair(UNHEARD))).toContain('no sound that could be decoded');
  });

  it('keeps to its size, whatever it is told', () => {
    const many = {
      ...MATCH,
      bitErrors: curve(300_000, () => 0.1, 20 / 300_000),
      coherence: curve(40_000, () => 0.9, 20 / 40_000),
    };
    const wordy = {
      ...many,
      reasons: Array.from({ length: 50 }, () => 'word '.repeat(400)),
      a: { ...MATCH.a, name: 'x'.repeat(5000) },
    };
    expect(drawPair(wordy).length).toBeLessThan(2_000_000);
    for (const { name, text } of elementsOf(drawPair(wordy)))
      if (name === 'text') expect(text.length).toBeLessThan(300);
  });

  it('is well-formed for every name', () => {
    const anyName = fc.string({ unit: 'binary', maxLength: 60 });
    const hostile = [
      '\ud800',
      'a\udcffb',
      '</text><script>alert(1)</script>',
      ']]>',
      '&amp;"\'',
      '\u0000\u001b[31m\ufffe\uffff',
      '\u202egnp.a',
    ];
    const check = (name: string): void => {
      const svg = drawPair({
        ...MISS,
        a: { name, about: name, portrait: null },
        reasons: [name],
        figures: [[name, name]],
      });
      const elements = elementsOf(svg);
      expect(svg.isWellFormed()).toBe(true);
      expect(byName(elements, 'script')).toEqual([]);
      expect(byName(elements, 'svg').length).toBe(1);
    };
    hostile.forEach(check);
    fc.assert(fc.property(anyName, check), { numRuns: 60 });
  });
});

describe('every picture', () => {
  const pictures = [
    drawPair(MATCH),
    drawPair(MISS),
    drawFile({ name: 'a.flac', about: 'FLAC', portrait: LONG }, encode),
  ];

  it.each(pictures)('has rules for light and for dark, and asks for nothing outside (%#)', (svg) => {
    const [style] = byName(elementsOf(svg), 'style');
    expect(style?.text).toContain('@media (prefers-color-scheme:dark){');
    const [light = '', dark = ''] = (style?.text ?? '').split('@media');
    for (const rule of dark.matchAll(/(\.[a-z-]+)\{(?:fill|stroke):/g)) expect(light).toContain(`${rule[1]}{`);
    expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\((?!#)|@import|<script/);
    for (const { attributes } of elementsOf(svg))
      expect(attributes['href'] ?? 'data:image/png').toMatch(/^data:image\/png/);
  });

  it.each(pictures)('uses no class without a rule (%#)', (svg) => {
    const elements = elementsOf(svg);
    const style = byName(elements, 'style')[0]?.text ?? '';
    const classes = new Set(
      elements.flatMap(({ attributes }) => (attributes['class'] ?? '').split(' ').filter(Boolean)),
    );
    for (const name of classes) expect(style).toMatch(new RegExp(`\\.${name}[{,]`));
  });

  it.each(pictures)('has a title and a description for those who do not see it (%#)', (svg) => {
    const elements = elementsOf(svg);
    expect(byName(elements, 'title')[0]?.text).toMatch(/a\.flac/);
    expect(byName(elements, 'desc')[0]?.text).not.toBe('');
  });
});

describe('a file', () => {
  it('is a spectrogram of its full band with time and kHz', () => {
    let seen: Pixels | undefined;
    const svg = drawFile({ name: 'a.flac', about: 'FLAC', portrait: LONG }, (pixels) => {
      seen = pixels;
      return encode(pixels);
    });
    expect(seen?.width).toBe(LONG.spectrogram.columns);
    expect(seen?.indices.length).toBe(LONG.spectrogram.columns * LONG.spectrogram.rows);
    const colors = (seen?.palette.length ?? 0) / 3;
    expect(seen?.indices.every((index) => index < colors)).toBe(true);
    const words = texts(svg).split('\n');
    for (const label of ['kHz', '22', '2', '0:10', '0:20']) expect(words).toContain(label);
  });

  it('marks the end of its band', () => {
    const walled = { ...LONG, cutoff: { hz: 16_100, depthDb: 48 } };
    const words = texts(drawFile({ name: 'a.mp3', about: 'MP3', portrait: walled }, encode));
    expect(words).toContain('Nothing above 16.1 kHz (wall of 48 dB).');
    expect(words).toContain('16.1 kHz');
    const soft = { ...LONG, cutoff: { hz: 21_100, depthDb: 17 } };
    expect(texts(drawFile({ name: 'a.m4a', about: 'AAC', portrait: soft }, encode))).toContain(
      'Falls by 17 dB at 21.1 kHz (no wall; that decides nothing).',
    );
  });

  it.each([
    ['silence', portrait(6, 5, { level: 0 }), 'Silence.'],
    ['a fifth of a second', portrait(7, 0.2), 'Too short to tell where its band ends.'],
    ['nothing', portrait(8, 0), 'Too short to tell where its band ends.'],
    ['mono at 8 kHz', portrait(9, 5, { channels: 1, rate: 8000 }), 'No clear end of the band below 4 kHz.'],
    ['eight channels at 192 kHz', portrait(10, 0.5, { channels: 8, rate: 192_000 }), 'Too short'],
  ])('of %s is well-formed', (_, sound, sentence) => {
    const svg = drawFile({ name: 'x', about: '', portrait: sound }, encode);
    expect(texts(svg)).toContain(sentence);
    for (const { attributes } of elementsOf(svg))
      expect(Object.values(attributes).join(' ')).not.toMatch(/NaN|Infinity/);
  });
});
