/** The nouns of the gate: what a file at it is, what was decided about it, and what is asked and told. */
import type { BytePath } from '#kernel';

/**
 * What the gate says of a file.
 * - `new`: no file of the library is this recording on this album, disc and track.
 * - `duplicate`: one is. `exact`: and its coded audio is equal. `upgrade`: and this copy is better.
 * - `unknown`: not audio, or a companion such as a cover: passed through.
 * - `unreadable`: meant to be audio and cannot be decoded.
 * - `held`: a person has to look; the reasons say why.
 */
export type GateWord = (typeof GATE_WORDS)[number];
export const GATE_WORDS = ['new', 'duplicate', 'upgrade', 'exact', 'unknown', 'unreadable', 'held'] as const;

/** A place on a release, as people read it. `null` where the tags do not say. */
export interface ReleaseFields {
  readonly album: string | null;
  readonly albumArtist: string | null;
  readonly disc: number | null;
  readonly track: number | null;
}

/** The document of `gate check|import --json`, without its `v`. */
export interface GateVerdict {
  readonly path: BytePath;
  readonly verdict: GateWord;
  /** The file of the library that it is a copy of. */
  readonly of: BytePath | null;
  /** The recording, which all its copies share; `null` where there is no sound. */
  readonly recording: string | null;
  readonly release: ReleaseFields;
  /** In words, the decisive one first; never empty. */
  readonly reasons: readonly string[];
  /** Where an admitted file was placed; `null` where it stays where it is. */
  readonly placed: BytePath | null;
  /** Milliseconds from taking the file up to the answer. */
  readonly tookMs: number;
}

/** Live files come before those of a backfill. Within a lane, smaller order keys are decided first. */
export type Lane = 'live' | 'backfill';

/**
 * - `queued`: waits, for the first time or again after a failure. `leased`: a worker has it.
 * - `done`: was judged. `dead`: failed as often as it may, or for good; a person can requeue it.
 */
export type FileState = 'queued' | 'leased' | 'done' | 'dead';

/** One file of a job. */
export interface JobFile {
  readonly path: BytePath;
  readonly state: FileState;
  /** Times that a worker has taken it up. */
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Set where it is done. */
  readonly verdict: GateVerdict | null;
}

export interface JobSummary {
  /** Hard to guess, of letters and digits; what URLs carry. */
  readonly id: string;
  /** A number for those who ask for one: `queue_id` of flaczkownia-dedup. From 1. */
  readonly n: number;
  readonly lane: Lane;
  /** What asked for it: `cli`, `http`, `inbox downloads`, `lidarr` … */
  readonly askedBy: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly counts: Readonly<Record<FileState, number>>;
}

export interface Job extends JobSummary {
  readonly files: readonly JobFile[];
}

/** Told when something has happened. Numbers grow and are never used again. */
export interface GateEvent {
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly body: GateEventBody;
}

export type GateEventBody =
  /** A file was judged. `tags`: the common tags, by their names; empty where it has none. */
  | {
      readonly type: 'file.judged';
      readonly inbox: string | null;
      readonly verdict: GateVerdict;
      /** Is it in the library by this? */
      readonly isAdmitted: boolean;
      readonly audioHash: string | null;
      readonly tags: Readonly<Record<string, unknown>>;
    }
  /** A file was given up. */
  | { readonly type: 'file.failed'; readonly path: BytePath; readonly code: string; readonly message: string }
  /** A judged file has another name in its inbox, and is what it was. */
  | {
      readonly type: 'file.renamed';
      readonly path: BytePath;
      readonly from: BytePath;
      readonly inbox: string | null;
      readonly verdict: GateWord;
    }
  /** The keeper is gone and its best duplicate takes its place. */
  | {
      readonly type: 'file.promoted';
      readonly path: BytePath;
      readonly insteadOf: BytePath;
      readonly recording: string;
    };

/** What is known of a recording or a foreign id. */
export interface KnownFile {
  readonly path: BytePath;
  readonly verdict: GateWord | null;
  readonly of: BytePath | null;
  /** Is it in the library, or was it refused or held? */
  readonly isAdmitted: boolean;
}
