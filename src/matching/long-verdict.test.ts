import { describe, expect, it } from 'vitest';
import { createSketcher, readSketch, type Sketch } from '#signal';
import { music, pcmOf } from '../../test/support/music.ts';
import { LONGEST_HEARD_SECONDS } from './long-verdict.ts';
import { quickVerdict } from './quick-verdict.ts';

const RATE = 11_025;
const song = pcmOf(music(31, 40));
const PLACE_SECONDS = 600;

/** A sound of more than four hours, silent but for the song. */
function longSketch(): Sketch {
  const sketcher = createSketcher();
  const minute = new Int16Array(60 * RATE);
  for (let at = 0; at < PLACE_SECONDS; at += 60) sketcher.push(minute);
  sketcher.push(song);
  for (let at = PLACE_SECONDS + 40; at <= LONGEST_HEARD_SECONDS; at += 60) sketcher.push(minute);
  return readSketch(sketcher.finish()) as Sketch;
}

function sketchOf(pcm: Int16Array): Sketch {
  const sketcher = createSketcher();
  sketcher.push(pcm);
  return readSketch(sketcher.finish()) as Sketch;
}

describe('a sound that is too long to be held', () => {
  const long = { sketch: longSketch(), decodeErrors: 0 };
  const at = [{ offsetSeconds: PLACE_SECONDS + 0.1, speedRatio: 1, votes: 90 }];

  it('contains what it was mixed from, found by the sketches alone', () => {
    const verdict = quickVerdict(long, { sketch: sketchOf(song), decodeErrors: 0 }, at);
    expect(verdict).toMatchObject({ relation: 'contains', offsetSeconds: expect.closeTo(PLACE_SECONDS, 2) });
    expect(verdict?.overlapSeconds).toBeGreaterThan(30);
  });

  it('is never called a duplicate, and nothing is claimed of a stranger', () => {
    const stranger = { sketch: sketchOf(pcmOf(music(32, 40))), decodeErrors: 0 };
    expect(quickVerdict(long, stranger, at)?.relation).toBe('unsure');
    expect(quickVerdict(long, long, [{ ...at[0]!, offsetSeconds: 0 }])?.relation).not.toBe('same-recording');
  });
});
