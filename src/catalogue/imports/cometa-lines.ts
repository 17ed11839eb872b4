/**
 * Lines that Cometa wrote. Its versions differ: fingerprints came with `chp_duration` and `chp_fingerprint`, later with
 * `duration` and `fingerprint`; correlations as `[a, b, value, offset]`, later as objects, with `method` in the last ones.
 */
import { foreignPath } from './foreign-path.ts';
import { itemsOf, secondsOf } from './items.ts';
import { objectOf } from './json-line.ts';
import { type ForeignCorrelation, type ForeignFingerprint, type Reading, read, unread } from './records.ts';

/** One line of `fingerprints.jsonl`, parsed. */
export function cometaFingerprint(value: unknown): Reading<ForeignFingerprint> {
  const fields = objectOf(value);
  if (!fields) return unread('it is no object');
  const path = foreignPath(fields['path']);
  if (!path.ok) return path;
  const seconds = secondsOf(fields['duration'] ?? fields['chp_duration']);
  if (!seconds.ok) return seconds;
  const items = itemsOf(fields['fingerprint'] ?? fields['chp_fingerprint']);
  if (!items.ok) return items;
  return read({ path: path.value, durationSeconds: seconds.value, items: items.value });
}

/** One line of `correlations_….jsonl`, parsed. */
export function cometaCorrelation(value: unknown): Reading<ForeignCorrelation> {
  if (Array.isArray(value)) {
    const [a, b, corr, offset] = value;
    return value.length > 4
      ? unread('it has more than a pair, a value and an offset')
      : pairOf(a, b, corr, offset, null);
  }
  const fields = objectOf(value);
  if (!fields) return unread('it is neither an object nor a list');
  return pairOf(fields['a'], fields['b'], fields['corr'], null, fields['method'] ?? null);
}

function pairOf(
  one: unknown,
  other: unknown,
  value: unknown,
  offset: unknown,
  method: unknown,
): Reading<ForeignCorrelation> {
  const [a, b] = [foreignPath(one), foreignPath(other)];
  if (!a.ok) return a;
  if (!b.ok) return b;
  if (a.value === b.value) return unread('it compares a file with itself');
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) return unread('its value is not a figure from 0 to 1');
  if (typeof method !== 'string' && method !== null) return unread('its method is no text');
  const items = offset ?? null;
  if (items !== null && !isOffset(items)) return unread('its offset is not a whole number');
  // Cometa's positive offset leaves out the first items of a, so that b starts that much after it: the sign is ours.
  return read({ a: a.value, b: b.value, value, offsetItems: items, method });
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
