/** What other programs left behind about sounds, as Reprise keeps it: their word, never its own verdict. */
import type { BytePath } from '#kernel';

/** Who wrote a file: Cometa, or `fpcalc`, whose output audio-compare keeps beside each sound. */
export type ForeignTool = 'cometa' | 'fpcalc';

/** What a file of theirs holds. */
export type ForeignKind = 'fingerprints' | 'correlations' | 'profiles';

/** A fingerprint of one phase, from the start of the sound on; its maker may have cut it (at 120 s, 500 s or 90 min). */
export interface ForeignFingerprint {
  /** As its maker named it: it need not be there, be absolute, or be a path of this system. */
  readonly path: BytePath;
  /** Seconds of the whole sound, as its maker says; 0 where it did not know. */
  readonly durationSeconds: number;
  readonly items: Uint32Array;
}

/** How alike two fingerprints were found: 1 − differing bits ÷ compared bits, at one offset. */
export interface ForeignCorrelation {
  /** As in {@link ForeignFingerprint.path}. */
  readonly a: BytePath;
  readonly b: BytePath;
  /** 0 … 1; about 0.5 for unrelated sounds. */
  readonly value: number;
  /** Items by which b starts after a; `null` where it was not looked for. */
  readonly offsetItems: number | null;
  /** The maker's own word for how it counted, for example `mpz`; `null` where it has none. */
  readonly method: string | null;
}

/** What came of reading something: a value, or why there is none, as the end of a sentence that starts with "it". */
export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** A reading that went well. */
export function read<T>(value: T): Reading<T> {
  return { ok: true, value };
}

/** A reading that did not. */
export function unread(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why };
}
