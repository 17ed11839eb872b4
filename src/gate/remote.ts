/**
 * Judges a sound of which only tags and a fingerprint are known. A fingerprint cannot tell an instrumental from its song, so
 * it calls something a duplicate only in the same place of one release, and only where nearly all of both agrees; between
 * that and clearly another sound a person has to look.
 */
import { decodeFingerprintText, decompressFingerprint, HOP_SECONDS } from '#fingerprint';
import { AppError } from '#kernel';
import { bestPrintLine } from '#matching';
import type { RemoteSound } from './gate.ts';
import { doubted, type Judgement, type JudgeParts, questionOf } from './judge.ts';
import type { Policy } from './policy.ts';
import type { Rival } from './ports.ts';
import { agreement, type ReleasePlace, readPlace, whyUnplaced } from './release.ts';
import * as say from './words.ts';

/** Chosen: Chromaprint's prints of copies differ in few of a hundred bits, whatever the coding, and those of other songs in a third and more. */
const SAME_ERRORS = 0.15;
const OTHER_ERRORS = 0.35;
/** How far one may start after the other. Chosen. */
const FARTHEST_SECONDS = 15;
/** Shares of both that must lie over each other, and lengths that may differ. */
const COVERED = 0.9;
const LENGTH_SECONDS = 7;

/** @throws AppError `gate/bad-fingerprint` */
export async function judgeRemote(
  { store, inboxes, tree, isAway }: Pick<JudgeParts, 'store' | 'inboxes' | 'tree' | 'isAway'>,
  sound: RemoteSound,
  policy: Policy,
): Promise<Judgement> {
  const items = itemsOf(sound.fingerprint);
  const place = placeOf(sound);
  const bare = { keeper: null, place, recording: null, rivals: null };
  const unclear = whyUnplaced(null, place, policy.tuple);
  if (unclear !== null) {
    const isHeld = policy.onUntagged === 'hold';
    return { ...bare, ...doubted(isHeld), reasons: [say.notPlaced(unclear, isHeld)] };
  }
  const question = questionOf(place, policy, { except: null, inboxes, lane: 'live' });
  const others: string[] = [];
  let doubt: Judgement | undefined;
  for (const rival of await store.rivals(question)) {
    if (agreement(place, rival.place, policy.tuple) === null) continue;
    // Who takes the place of what is gone is decided by whoever imports.
    if ((await tree.stamp(rival.path)) === undefined && !(await isAway(rival.path))) continue;
    const likeness = await likenessTo({ store }, rival, items, sound.durationSeconds);
    const why = `The fingerprints differ in ${Math.round(100 * likeness.errors)} % of their bits.`;
    if (likeness.is === 'same') {
      const reasons = [say.copyByPrint(rival, why)];
      return { ...bare, word: 'duplicate', keeper: rival, recording: likeness.recording, isAdmitted: false, reasons };
    }
    if (likeness.is === 'unsure' && doubt === undefined) {
      const isHeld = policy.onUnsure === 'hold';
      const reasons = [say.undecided(rival, why, isHeld)];
      doubt = { ...bare, ...doubted(isHeld), keeper: isHeld ? rival : null, reasons };
    }
    if (likeness.is === 'other') others.push(say.otherSound(rival, why));
  }
  return (
    doubt ?? {
      ...bare,
      word: 'new',
      isAdmitted: true,
      reasons: others.length > 0 ? others : [say.firstOfItsKind(place)],
    }
  );
}

/** Tags as a caller gives them, read as those of a file. */
function placeOf({ tags }: RemoteSound): ReleasePlace {
  const { album, albumArtist, artist, disc, track, isrc, musicBrainzReleaseId: releaseId } = tags;
  const native = [
    ...(track === undefined ? [] : [{ id: 'TRACKNUMBER', value: String(track) }]),
    ...(disc === undefined ? [] : [{ id: 'DISCNUMBER', value: String(disc) }]),
  ];
  return readPlace({
    common: {
      ...(album !== undefined && { album }),
      ...(albumArtist !== undefined && { albumArtist }),
      ...(artist !== undefined && { artist }),
      ...(isrc !== undefined && { isrc: [isrc] }),
      ...(releaseId !== undefined && { musicBrainz: { releaseId } }),
    },
    native: [{ type: 'vorbis', tags: native }],
    conflicts: [],
    cover: null,
  });
}

function itemsOf(text: string): Uint32Array {
  try {
    const { items } = decodeFingerprintText(text);
    if (items.length > 0) return items;
  } catch (cause) {
    throw badFingerprint(cause);
  }
  throw badFingerprint();
}

function badFingerprint(cause?: unknown): AppError {
  return new AppError('gate/bad-fingerprint', 'The fingerprint is none that Chromaprint makes.', {
    ...{ kind: 'usage', hint: 'Send what "fpcalc" prints after FINGERPRINT=.' },
    ...(cause !== undefined && { cause }),
  });
}

interface RemoteLikeness {
  readonly is: 'same' | 'unsure' | 'other';
  /** Differing bits ÷ compared bits where the two lie best over each other, 0 … 1. */
  readonly errors: number;
  readonly recording: string | null;
}

async function likenessTo(
  { store }: Pick<JudgeParts, 'store'>,
  rival: Rival,
  items: Uint32Array,
  seconds: number,
): Promise<RemoteLikeness> {
  const sound = (await store.content(rival.contentHash))?.sound;
  const stored = (sound?.fingerprint ?? []).filter((phase) => phase.length > 0);
  const phases = stored.map((phase) => decompressFingerprint(phase).items);
  const line = bestPrintLine(items, phases, Math.round(FARTHEST_SECONDS / HOP_SECONDS));
  if (!sound || line === undefined) return { is: 'unsure', errors: 0.5, recording: null };
  const { errors, overlap } = line;
  const recording = sound.audioHash;
  if (errors > OTHER_ERRORS) return { is: 'other', errors, recording };
  // A fingerprint may tell of the first two minutes alone.
  const told = Math.min(items.length, ...phases.map((phase) => phase.length));
  const isWhole = overlap >= COVERED * told && Math.abs(sound.durationSeconds - seconds) <= LENGTH_SECONDS;
  return { is: errors <= SAME_ERRORS && isWhole ? 'same' : 'unsure', errors, recording };
}
