/** What the gate needs of the outside. */
import type { Content, ContentOf, StampKey } from '#catalogue';
import type { BytePath } from '#kernel';
import type {
  FileState,
  GateEvent,
  GateEventBody,
  GateVerdict,
  GateWord,
  Job,
  JobFile,
  JobSummary,
  KnownFile,
  Lane,
} from './model.ts';
import type { ReleasePlace } from './release.ts';

/**
 * What the gate keeps, beside the catalogue and in its transactions: every method is done whole or not at all, and what it
 * wrote survives the death of the process. Fulfilled by `adapters/sqlite`; PostgreSQL comes later.
 */
export interface GateStore extends JudgementStore, QueueStore, EventStore, ViewStore {}

/** A file of the library that may be the arriving one: its tags agree in album and track, or nearly. */
export interface Rival {
  /** Its number in the catalogue. */
  readonly fileId: number;
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly place: ReleasePlace;
  readonly contentHash: string;
}

/** Files whose album or release and whose track agree; the finer points are the gate's business. */
export interface RivalQuestion {
  readonly albumKey: string | null;
  readonly releaseId: string | null;
  /** `null`: any. */
  readonly track: number | null;
  /** Not this one. */
  readonly except: BytePath | null;
  /** Folders of inboxes: what lies there belongs to the library only where the gate has admitted it. */
  readonly inboxes: readonly BytePath[];
  /** In whose turn it is asked: what has its turn later, because it waits in the backfill, stands where it is until then. */
  readonly lane: Lane;
}

/** A file as the gate has judged it. */
export interface Intake {
  readonly id: number;
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly inbox: string | null;
  readonly verdict: GateVerdict;
  readonly isAdmitted: boolean;
  /** Its own number in the catalogue where it is admitted. */
  readonly fileId: number | null;
  /** The catalogue's number of the file that it is a copy of. */
  readonly keeperId: number | null;
  readonly contentHash: string | null;
  readonly decidedAt: number;
  /** Is something left to be done that the verdict asks for: placing, putting away? */
  readonly isPending: boolean;
}

export interface Claim {
  /** The queue's file that is done by this; `null` where it was not queued. */
  readonly file: QueuedFile | null;
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly inbox: string | null;
  readonly source: string | null;
  readonly verdict: GateVerdict;
  readonly isAdmitted: boolean;
  readonly keeperId: number | null;
  /** What the file holds; `null` where nobody looked. */
  readonly content: ContentOf | null;
  /** What was asked for rivals, and which were there: where there are others now, nothing is claimed. */
  readonly rivals: { readonly question: RivalQuestion; readonly seen: readonly number[] } | null;
  readonly events: readonly GateEventBody[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Is all done by this? Otherwise the queue's file stays in the worker's hand until it is {@link QueueStore.settled}. */
  readonly isFinal: boolean;
}

/** What became of a judged file after its claim. */
export interface Completion {
  readonly file: QueuedFile;
  /** As it is now: where the file was placed, and what else there is to say. */
  readonly verdict: GateVerdict;
  /** Of the file in its place; `null` where it was not placed, or by a link, by which the library holds nothing. */
  readonly placedStamp: StampKey | null;
  readonly events: readonly GateEventBody[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface JudgementStore {
  rivals(question: RivalQuestion): Promise<readonly Rival[]>;
  /** All that is known of these bytes, fingerprints and sketch included; `undefined` where nobody has read them. */
  content(contentHash: string): Promise<Content | undefined>;
  /** A few other files of the library with equal coded audio or equal samples, wherever they stand. */
  sameAudio(question: {
    readonly audioHash: string;
    readonly sampleHash: string | null;
    readonly except: BytePath;
    readonly inboxes: readonly BytePath[];
  }): Promise<readonly Rival[]>;
  /**
   * What a scan may have found and is not of the library all the same: refused, held, or in one of these folders and never
   * judged.
   */
  outsiders(inboxes: readonly BytePath[]): Promise<ReadonlySet<BytePath>>;
  /** A file of the library; `undefined` where it is not there. */
  libraryFile(id: number): Promise<{ readonly path: BytePath; readonly contentHash: string | null } | undefined>;
  /** The last judgement of what lies at the path. */
  intakeAt(path: BytePath): Promise<Intake | undefined>;
  /** Judgements of files with this size, inode and time of writing, wherever they lay. */
  intakesWritten(stamp: StampKey): Promise<readonly Intake[]>;
  /** Judgements that name the file as what they are copies of. */
  copiesOf(keeperId: number): Promise<readonly Intake[]>;
  /** Judgements that ask for something that is not done yet. */
  intakesPending(): Promise<readonly Intake[]>;
  /** Files of the library that others are copies of. */
  keepers(): Promise<readonly { readonly id: number; readonly path: BytePath }[]>;
  /**
   * Decision and claim in one: writes the judgement, the file into the library where it is admitted, its events, and
   * closes the queue's file, unless the rivals have changed meanwhile. @returns `false` then, and nothing is written
   */
  claim(claim: Claim): Promise<boolean>;
  /** The judged file has moved; its judgement and its place in the library go with it. */
  renamed(from: BytePath, to: BytePath, stamp: StampKey, events: readonly GateEventBody[], at: number): Promise<void>;
  /**
   * What followed the claim is done: the file was placed and the library holds it there from now on, or it was put away.
   * Closes the queue's file.
   */
  completed(completion: Completion): Promise<void>;
  /**
   * The keeper is gone: the chosen copy becomes the file of the library in its place and all other copies name it.
   * @param reasons of the verdict that it has from now on
   */
  promote(
    keeperId: number,
    copy: Intake,
    reasons: readonly string[],
    events: readonly GateEventBody[],
    at: number,
  ): Promise<void>;
  /** The file is not in the library any more. */
  libraryFileGone(fileId: number): Promise<void>;
  /** The file of the library has been written to, and holds this now. */
  libraryFileChanged(fileId: number, stamp: StampKey, content: ContentOf): Promise<void>;
  known(question: {
    readonly isrc?: string;
    readonly mbid?: string;
    readonly source?: string;
  }): Promise<readonly KnownFile[]>;
  verdictCounts(): Promise<Readonly<Record<GateWord, number>>>;
}

/** A file of the queue in a worker's hand. */
export interface QueuedFile {
  readonly id: number;
  readonly path: BytePath;
  readonly lane: Lane;
  readonly inbox: string | null;
  readonly source: string | null;
  /** This one counted. */
  readonly attempts: number;
}

export interface NewJob {
  readonly id: string;
  readonly lane: Lane;
  readonly askedBy: string;
  readonly inbox: string | null;
  readonly idempotencyKey: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly files: readonly NewJobFile[];
}

export interface NewJobFile {
  readonly path: BytePath;
  readonly source: string | null;
  /** `null`: after all that wait in the lane. */
  readonly order: number | null;
  /** Set where it was judged already as it is now: then it is done. */
  readonly judged: GateVerdict | null;
}

/** A durable queue. One file waits at most once, in however many jobs it stands. */
export interface QueueStore {
  /** With a known key the first job is returned, and nothing is written. */
  enqueue(job: NewJob): Promise<JobSummary>;
  /**
   * Hands out the next files, live ones first, each lane in its order, and counts the attempt. A file whose lease has run
   * out is handed out again, but not to whom it was leased. @param until when the leases end, milliseconds since 1970
   */
  lease(request: {
    readonly owner: string;
    readonly now: number;
    readonly until: number;
    readonly most: number;
    readonly lanes: readonly Lane[];
  }): Promise<readonly QueuedFile[]>;
  /** Prolongs all leases of an owner. */
  heartbeat(owner: string, until: number): Promise<void>;
  /** Gives back what an owner holds, uncounted. Where `owner` is absent: whatever anybody holds. */
  release(owner?: string): Promise<void>;
  /** The attempt failed; tried again at `retryAt`, or dead where that is `null`. */
  failed(
    file: QueuedFile,
    error: { readonly code: string; readonly message: string },
    retryAt: number | null,
    events: readonly GateEventBody[],
    at: number,
  ): Promise<void>;
  /** The file needs no judgement any more: it has gone, or was judged already. */
  settled(file: QueuedFile, verdict: GateVerdict | null): Promise<void>;
  job(id: string): Promise<Job | undefined>;
  /** Files of a job in their order, which never changes; `from` counts from 0. */
  jobFiles(id: string, from: number, most: number): Promise<readonly JobFile[]>;
  jobWithKey(idempotencyKey: string): Promise<JobSummary | undefined>;
  jobs(filter: {
    readonly most: number;
    readonly having?: FileState;
    readonly id?: string;
  }): Promise<readonly JobSummary[]>;
  /** Dead files of the job, or all, wait again with no attempts. @returns how many */
  requeue(id: string | undefined, now: number): Promise<number>;
  /** @param now milliseconds since 1970 */
  queueFigures(now: number): Promise<{
    readonly queued: number;
    readonly leased: number;
    readonly dead: number;
    readonly oldestSeconds: number;
  }>;
}

/** An event that a webhook has still to be told. */
export interface Delivery {
  readonly id: number;
  readonly event: GateEvent;
  /** Times that it was tried before. */
  readonly attempts: number;
}

/** Events, and which webhook has still to be told. */
export interface EventStore {
  /** In their order, `most` at most. */
  eventsAfter(n: number, most: number): Promise<readonly GateEvent[]>;
  /** The number of the last event that there was; 0 where there was none. */
  lastEvent(): Promise<number>;
  /** Makes deliveries of what has happened since for these webhooks; one that is new hears of nothing before. */
  fanOut(webhooks: readonly string[]): Promise<void>;
  /** What the webhook is to be told now, oldest first; nothing while an older one waits for another attempt. */
  dueDeliveries(webhook: string, now: number, most: number): Promise<readonly Delivery[]>;
  delivered(id: number, now: number): Promise<void>;
  /** One more attempt has failed. */
  deliveryFailed(id: number, error: string, retryAt: number): Promise<void>;
  /** Gives up what the webhook has still to be told and happened before. @returns how many */
  giveUp(webhook: string, happenedBefore: number, now: number): Promise<number>;
  /** How many deliveries wait. */
  undelivered(): Promise<number>;
  /** Forgets events from before, unless one of these webhooks has still to be told. */
  forgetEvents(before: number, webhooks: readonly string[]): Promise<void>;
}

/** Something that a view has made. */
export interface ViewEntry {
  /** Where it stands. */
  readonly path: BytePath;
  /** The file that it shows; of a folder, itself; of a growing copy, where that will stand. */
  readonly target: BytePath;
  /** `growing`: a copy under a hidden name that is not whole, or has not come to its place. */
  readonly kind: 'symlink' | 'copy' | 'folder' | 'growing';
  /** Of a whole copy, to know it again; otherwise `null`. */
  readonly stamp: StampKey | null;
}

/** A file that a view is to show. */
export interface ShownFile {
  /** Where it arrived, which is where it stands in the view. */
  readonly path: BytePath;
  /** Where it was placed; `null` where it stays where it arrived. */
  readonly placed: BytePath | null;
}

/** What views have made: nothing else is ever removed from them. What it wrote survives a power cut. */
export interface ViewStore {
  viewEntries(view: string): Promise<readonly ViewEntry[]>;
  /** An entry that is known takes the place of what was known of its path. */
  addViewEntries(view: string, entries: readonly ViewEntry[]): Promise<void>;
  removeViewEntries(view: string, paths: readonly BytePath[]): Promise<void>;
  /** Files of an inbox that are admitted or passed through, in the order of their ids, after one of them. */
  shownFiles(inbox: string, afterId: number, most: number): Promise<readonly (ShownFile & { readonly id: number })[]>;
}
