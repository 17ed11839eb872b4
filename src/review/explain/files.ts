/** What the bytes alone tell. */
import type { Content } from '#catalogue';
import { type ComparedPair, type Finding, finding, isMute } from './finding.ts';

/** Are bytes, coded audio or samples equal, and what could not be decoded? */
export function explainFiles({ verdict, a, b }: ComparedPair): Finding[] {
  const figures = {
    aSizeBytes: a.sizeBytes,
    bSizeBytes: b.sizeBytes,
    aSeconds: a.sound?.durationSeconds,
    bSeconds: b.sound?.durationSeconds,
  };
  const [one, other] = [a.sound, b.sound];
  if (verdict.relation === 'same-bytes')
    return [
      finding('files', 'for', 'The files are equal, byte for byte, so nothing else had to be compared.', figures),
    ];
  if (!one || !other)
    return [
      finding('files', 'neutral', 'The bytes of the files differ, and not both of them can be heard.', figures),
      ...[['A', a] as const, ['B', b] as const].flatMap(unheard),
    ];
  if (one.audioHash === other.audioHash)
    return [finding('files', 'for', 'The coded audio is equal, bit for bit; only tags or container differ.', figures)];
  if (one.sampleHash !== null && one.sampleHash === other.sampleHash)
    return [
      finding('files', 'for', 'The files decode to equal samples: the same sound, only packed another way.', figures),
    ];
  const lossless = one.stream.lossless && other.stream.lossless;
  const why = lossless ? 'as they do in all but exact copies' : 'as they always do where one was coded with loss';
  return [
    finding('files', 'neutral', `Bytes, coded audio and samples of the files differ, ${why}.`, figures),
    ...tooLittle(a, b),
  ];
}

/** Why hardly anything can be said about them. */
function tooLittle(a: Content, b: Content): Finding[] {
  const [mute, short] = [namesOf(a, b, isMute), namesOf(a, b, isShort)];
  return [
    ...(mute ? [finding('files', 'neutral', `${mute} silent, and silence is never taken for a copy of silence.`)] : []),
    ...(short
      ? [finding('files', 'neutral', `${short} shorter than 10 s, too short to be called a copy by its sound alone.`)]
      : []),
  ];
}

const LEAST_SECONDS = 10;

function isShort({ sound }: Content): boolean {
  return sound !== null && sound.durationSeconds < LEAST_SECONDS;
}

function namesOf(a: Content, b: Content, holds: (content: Content) => boolean): string | undefined {
  if (holds(a) && holds(b)) return 'Both are';
  return holds(a) ? 'A is' : holds(b) ? 'B is' : undefined;
}

function unheard([name, { sound, failure }]: readonly ['A' | 'B', Content]): Finding[] {
  if (sound) return [];
  const why = failure?.message ?? 'It holds no sound that could be decoded.';
  return [finding('files', 'neutral', `${name} cannot be heard: ${why}`)];
}
