/** Whether two copies of one recording come from one master. Says nothing about whether they are one recording. */
import type { Mastering } from '#signal';
import type { MasterWord } from './verdict.ts';

/**
 * Below both, only coding and level differ; above either, somebody mastered anew. Measured against the originals, tuning
 * part: coding of any kind, noise and clipping up to 0.46 dB of EQ and 0.2 dB over time; a shelf in the bass from 5.2,
 * a remaster from 2.9 and 2.2, a compressor from 1.4 dB over time.
 */
const SAME = { equalizationDb: 0.8, gainSpreadDb: 0.4 };
const OTHER = { equalizationDb: 2, gainSpreadDb: 1 };

/** The word for what was measured between two copies. */
export function masterOf(mastering: Mastering | undefined): MasterWord {
  if (!mastering) return 'unknown';
  const { equalizationDb, gainSpreadDb } = mastering;
  if (equalizationDb > OTHER.equalizationDb || gainSpreadDb > OTHER.gainSpreadDb) return 'other';
  return equalizationDb < SAME.equalizationDb && gainSpreadDb < SAME.gainSpreadDb ? 'same' : 'unknown';
}
