/** What stands in pictures beside the drawing, in the words of the text output. */
import { describeCoding, type StreamInfo } from '#audio';
import type { PairPortrait, PortrayedSound } from '#catalogue';
import { type BytePath, baseName } from '#kernel';
import type { Segment, Verdict } from '#matching';
import type { FilePicture, PairPicture, PairSide } from '#picture';
import { safeText } from '../terminal/safe-text.ts';
import { clockText, spanText } from '../terminal/units.ts';
import { figuresOf, sentenceOf } from './verdict.ts';
import { relationText } from './view.ts';

/** A comparison as it is drawn. */
export function pairPicture(a: BytePath, b: BytePath, verdict: Verdict, portrait: PairPortrait): PairPicture {
  const isAmbiguous = baseName(a) === baseName(b);
  const side = (path: BytePath, sound: PortrayedSound | null): PairSide => ({
    name: safeText(isAmbiguous ? path : baseName(path)),
    about: sound ? aboutSound(sound.stream, sound.portrait.seconds) : '',
    portrait: sound?.portrait ?? null,
  });
  return {
    sentence: sentenceOf(verdict),
    relation: relationText(verdict.relation),
    reasons: verdict.reasons.map(safeText),
    figures: figuresOf(verdict),
    a: side(a, portrait.a),
    b: side(b, portrait.b),
    line: lineOf(verdict, portrait),
    segments: verdict.segments,
    segmentLabel,
    coherence: portrait.coherence,
    bitErrors: portrait.bitErrors,
  };
}

/** One file as it is drawn. */
export function filePicture(path: BytePath, { stream, portrait }: PortrayedSound): FilePicture {
  return { name: safeText(baseName(path)), about: aboutSound(stream, portrait.seconds), portrait };
}

function aboutSound(stream: StreamInfo, seconds: number): string {
  const length = seconds < 10 ? spanText(seconds) : clockText(seconds);
  return `${safeText(describeCoding(stream))} · ${length}`;
}

/** Where the verdict puts b, else where it was looked for. */
function lineOf({ offsetSeconds, speedRatio }: Verdict, { course }: PairPortrait): PairPicture['line'] {
  if (offsetSeconds !== null) return { offsetSeconds, speedRatio: speedRatio ?? 1 };
  return course[0] ?? null;
}

function segmentLabel({
  aStartSeconds,
  bStartSeconds,
  seconds,
  bitErrorRate,
}: Segment): ReturnType<PairPicture['segmentLabel']> {
  const from = (start: number): string => `${clockText(start)} – ${clockText(start + seconds)}`;
  const errors = bitErrorRate === null ? '' : `, bit error rate ${bitErrorRate.toFixed(4)}`;
  const short = seconds < 60 ? spanText(seconds) : clockText(seconds);
  return { short, whole: `A ${from(aStartSeconds)} is B ${from(bStartSeconds)}${errors}` };
}
