/** What is said about the end of a band: what is seen, and no verdict. */
import { SILENT_DB, type SoundPortrait } from '#signal';

/** A wall as deep as this was never seen in a genuine master between 11 and 19 kHz. @see docs/design/pictures.md */
const WALL_DB = 40;
/** Ends nearer to half the sample rate than this are the rate's own. */
const TOP_SHARE = 0.97;

/** `16.1 kHz`. */
export function kilohertz(hz: number): string {
  return `${Number((hz / 1000).toFixed(2))} kHz`;
}

/** For example `nothing above 16.1 kHz (wall of 48 dB)`. */
export function cutoffWords({ cutoff, sampleRateHz, seconds, spectrum }: SoundPortrait): string {
  const top = sampleRateHz / 2;
  if (seconds < 1) return 'too short to tell where its band ends';
  if (spectrum.loud.every((level) => level === SILENT_DB)) return 'silence';
  if (!cutoff) return `no clear end of the band below ${kilohertz(top)}`;
  const depth = `${cutoff.depthDb} dB`;
  if (cutoff.hz >= top * TOP_SHARE) return `sound up to ${kilohertz(cutoff.hz)}, the top of its sample rate`;
  if (cutoff.depthDb >= WALL_DB) return `nothing above ${kilohertz(cutoff.hz)} (wall of ${depth})`;
  return `falls by ${depth} at ${kilohertz(cutoff.hz)} (no wall; that decides nothing)`;
}
