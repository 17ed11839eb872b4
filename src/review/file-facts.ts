/** What is known of one file, for `info FILE`. */
import {
  type CommonTags,
  codecName,
  countTagFields,
  describeCoding,
  type Integrity,
  isBelowCoding,
  isDamaged,
  isFullLossless,
  type Levels,
  mp3Equivalent,
  type Resolution,
  type SoundEvidence,
  type StreamInfo,
  type TagBlock,
  type TagConflict,
  type TagReading,
  usedResolution,
  type Wall,
  wallOf,
} from '#audio';
import type { PresentFile } from '#catalogue';
import type { Failure } from '#kernel';
import type { Relation, StandingPair, StandingVerdict } from '#matching';
import { rounded } from './group-entry.ts';
import { pathFields } from './path-fields.ts';
import { secondsInWords } from './words.ts';

export interface FileFacts {
  readonly v: 1;
  readonly path: string;
  readonly pathBase64?: string;
  readonly sizeBytes: number;
  /** When its bytes were last changed, ISO 8601 in UTC. */
  readonly modified: string;
  readonly contentHash: string | null;
  readonly failure: Failure | null;
  readonly sound: SoundFacts | null;
  readonly tags: TagFacts | null;
  /** To other files, the closest relation first; copies with equal bytes included. */
  readonly relations: readonly RelationFact[];
}

export interface SoundFacts {
  readonly stream: StreamInfo;
  readonly durationSeconds: number;
  readonly audioHash: string;
  readonly sampleHash: string | null;
  /** Sub-fingerprints at phase 0; `null` where the caller did not ask for them. */
  readonly fingerprintItems: number | null;
  /** Which decoder and fingerprint made this. */
  readonly producer: string;
  readonly levels: Levels;
  readonly integrity: Integrity;
  readonly damaged: boolean;
  /** One sentence about how good the copy is, as far as it can be told from itself. */
  readonly quality: string;
  /** What its samples tell about its source; `null` where it was scanned before that was measured. */
  readonly source: SourceFacts | null;
}

export interface SourceFacts {
  /** Where the band ends suddenly; `null` where it does not, or too little is heard. */
  readonly wall: Wall | null;
  /** The lossy coding that a lossless one was made from; `null`: undecided, which is all that can be said of most files. */
  readonly madeFrom: SoundEvidence['codedAs'];
  /** Does the band of a lossy coding end far below what its rate would have kept? A hint, no more. */
  readonly endsBelowItsRate: boolean;
  /** What of the declared bits and rate is used; `null` of lossy codings. */
  readonly used: Resolution | null;
}

export interface TagFacts {
  readonly common: CommonTags;
  readonly native: readonly TagBlock[];
  readonly conflicts: readonly TagConflict[];
  readonly cover: TagReading['cover'];
  /** Of the fields that count for the choice of a keeper. */
  readonly filledFields: number;
  readonly countedFields: number;
}

export interface RelationFact {
  readonly path: string;
  readonly pathBase64?: string;
  /** What this file is to the other: it `contains` it, is `contained` in it … */
  readonly relation: Relation;
  readonly similarity: number | null;
  /** Is this file the one that lacks an end? */
  readonly truncated: boolean;
  readonly reasons: readonly string[];
}

export interface FactsRequest {
  readonly file: PresentFile;
  /** All present files, to tell which hold the same or a related sound. */
  readonly present: readonly PresentFile[];
  /** Verdicts about the file's sound, with a person's decisions in them; others are left aside. */
  readonly verdicts: readonly StandingPair[];
  /** Sub-fingerprints at phase 0, where the caller has them. */
  readonly fingerprintItems?: number;
}

/** Everything that is known of `file`. */
export function fileFacts({ file, present, verdicts, fingerprintItems }: FactsRequest): FileFacts {
  const { file: entry, content } = file;
  const sound = content?.sound ?? null;
  return {
    v: 1,
    ...pathFields(entry.path),
    sizeBytes: entry.stamp.sizeBytes,
    modified: new Date(Number(entry.stamp.mtimeNs / 1_000_000n)).toISOString(),
    contentHash: content?.contentHash ?? null,
    failure: entry.failure ?? content?.failure ?? null,
    sound: sound === null ? null : soundFacts(sound, fingerprintItems ?? null),
    tags: content?.tags ? tagFacts(content.tags) : null,
    relations: relationsOf(file, present, verdicts),
  };
}

type KnownSound = NonNullable<NonNullable<PresentFile['content']>['sound']>;

function soundFacts(sound: KnownSound, fingerprintItems: number | null): SoundFacts {
  return {
    stream: sound.stream,
    durationSeconds: sound.durationSeconds,
    audioHash: sound.audioHash,
    sampleHash: sound.sampleHash,
    fingerprintItems,
    producer: sound.producer,
    levels: sound.levels,
    integrity: sound.integrity,
    damaged: isDamaged(sound.integrity, sound.stream.declaredSeconds),
    quality: qualitySentence(sound),
    source: sourceFacts(sound),
  };
}

function sourceFacts(sound: KnownSound): SourceFacts | null {
  const { evidence, stream } = sound;
  if (!evidence) return null;
  const wall = evidence.bands && wallOf(evidence.bands);
  return {
    wall,
    madeFrom: evidence.codedAs,
    endsBelowItsRate: wall !== null && isBelowCoding(stream, wall),
    used: stream.lossless ? usedResolution(sound) : null,
  };
}

/** For example `MP3 192 kbit/s.` or `FLAC 16 bit / 44.1 kHz, lossless; whether its source was is not known.` */
export function qualitySentence(sound: Pick<KnownSound, 'stream' | 'integrity' | 'evidence'>): string {
  const { stream, integrity } = sound;
  const damage = isDamaged(integrity, stream.declaredSeconds) ? ' The file is damaged.' : '';
  if (isFullLossless(stream)) {
    const codedAs = sound.evidence?.codedAs ?? null;
    const source =
      codedAs === null ? 'lossless; whether its source was is not known' : `made from ${codecName(codedAs)}`;
    return `${describeCoding(stream)}, ${source}.${damage}`;
  }
  const worth = Math.round(mp3Equivalent(stream));
  const isItself = stream.codec === 'mp3' && Math.abs(worth - (stream.bitRate ?? 0) / 1000) < 8;
  return `${describeCoding(stream)}${isItself || worth === 0 ? '' : `, about as good as MP3 ${worth} kbit/s`}.${damage}`;
}

function tagFacts(reading: TagReading): TagFacts {
  const { filled, of } = countTagFields(reading);
  const { common, native, conflicts, cover } = reading;
  return { common, native, conflicts, cover, filledFields: filled, countedFields: of };
}

const CLOSENESS: readonly Relation[] = [
  'same-bytes',
  'same-audio',
  'same-recording',
  'contains',
  'contained',
  'other-edit',
  'other-speed',
  'shared-parts',
  'other-performance',
  'unsure',
  'different',
];

function relationsOf(
  file: PresentFile,
  present: readonly PresentFile[],
  verdicts: readonly StandingPair[],
): RelationFact[] {
  const own = file.content?.sound?.audioHash;
  const judged = new Map(
    verdicts.filter(({ a, b }) => a === own || b === own).map((pair) => [pair.a === own ? pair.b : pair.a, pair]),
  );
  return present
    .filter((other) => other.file.path !== file.file.path)
    .flatMap((other) => {
      const pair = judged.get(other.content?.sound?.audioHash ?? '');
      return exactFact(file, other, pair) ?? judgedFact(other, own, pair) ?? [];
    })
    .toSorted((a, b) => CLOSENESS.indexOf(a.relation) - CLOSENESS.indexOf(b.relation) || (a.path < b.path ? -1 : 1));
}

/** Equal samples are judged by nobody but a person, who may call them different. */
function exactFact(file: PresentFile, other: PresentFile, pair: StandingPair | undefined): RelationFact | null {
  const [one, two] = [file.content, other.content];
  if (one === null || two === null) return null;
  const fact = { ...pathFields(other.file.path), similarity: 1, truncated: false };
  if (one.contentHash === two.contentHash) return { ...fact, relation: 'same-bytes', reasons: ['equal bytes'] };
  if (one.sound === null || two.sound === null) return null;
  if (one.sound.audioHash === two.sound.audioHash) {
    return { ...fact, relation: 'same-audio', reasons: ['equal audio, other tags or container'] };
  }
  const sameSamples = one.sound.sampleHash !== null && one.sound.sampleHash === two.sound.sampleHash;
  return sameSamples && pair?.verdict.relation !== 'different'
    ? { ...fact, relation: 'same-audio', reasons: ['equal samples, other coding'] }
    : null;
}

function judgedFact(other: PresentFile, own: string | undefined, pair: StandingPair | undefined): RelationFact | null {
  if (pair === undefined || pair.verdict.relation === 'different') return null;
  const isA = pair.a === own;
  const { relation, similarity, truncated } = pair.verdict;
  return {
    ...pathFields(other.file.path),
    relation: isA ? relation : mirrored(relation),
    similarity: rounded(similarity, 4),
    truncated: truncated === (isA ? 'a' : 'b'),
    reasons: reasonsOf(pair.verdict),
  };
}

/** What the catalogue still knows; `compare` finds out the rest. */
function reasonsOf({ decision, overlapSeconds, coherence, relation }: StandingVerdict): string[] {
  const said = decision?.word === 'same' ? 'the same recording' : 'different recordings';
  const words = decision ? [`A person said that they are ${said} (decision ${decision.n}).`] : [];
  if (coherence === null || relation === 'unsure') return words;
  return [...words, `${secondsInWords(overlapSeconds)} of both agree, with a coherence of ${coherence.toFixed(2)}.`];
}

function mirrored(relation: Relation): Relation {
  return relation === 'contains' ? 'contained' : relation === 'contained' ? 'contains' : relation;
}
