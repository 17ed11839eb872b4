/** Stored fingerprints, ready to compare. */
import { decompressFingerprint } from '#fingerprint';
import type { PhaseItems } from '#matching';
import type { PhaseFingerprints } from './model.ts';

/** The four phases. */
export function phaseItems(fingerprint: PhaseFingerprints): PhaseItems {
  return fingerprint.map((bytes) => itemsOf(bytes)) as unknown as PhaseItems;
}

/** One phase. Too short a sound has no fingerprint. */
export function itemsOf(bytes: Uint8Array): Uint32Array {
  return bytes.length > 0 ? decompressFingerprint(bytes).items : new Uint32Array(0);
}
