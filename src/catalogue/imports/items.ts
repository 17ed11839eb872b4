import { type Reading, read, unread } from './records.ts';

/** Chromaprint's compressed form counts no further. */
const MOST_ITEMS = 2 ** 24 - 1;

/**
 * Sub-fingerprints of a list of whole numbers. Programs before Chromaprint 1.4, and `-signed` since, print them as
 * signed 32 bits, which are the same bits.
 */
export function itemsOf(figures: unknown): Reading<Uint32Array> {
  if (!Array.isArray(figures)) return unread('its fingerprint is no list');
  if (figures.length === 0) return unread('its fingerprint is empty');
  if (figures.length > MOST_ITEMS) return unread('its fingerprint has more than 16,777,215 items');
  const items = new Uint32Array(figures.length);
  for (const [index, figure] of figures.entries()) {
    if (!isItem(figure)) return unread(`item ${index + 1} of its fingerprint is not a whole number of 32 bits`);
    items[index] = figure;
  }
  return read(items);
}

function isItem(figure: unknown): figure is number {
  return Number.isInteger(figure) && (figure as number) >= -(2 ** 31) && (figure as number) < 2 ** 32;
}

/** A duration in seconds; absent counts as not known, 0. */
export function secondsOf(value: unknown): Reading<number> {
  const seconds = value ?? 0;
  if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) return read(seconds);
  return unread('its duration is not a figure from 0 on');
}
