/**
 * What `fpcalc` prints, kept in a file: `KEY=value` lines or one JSON object, with the fingerprint as figures (`-raw`)
 * or in AcoustID's text form. audio-compare keeps it as `SOUND.fpcalc` beside the sound.
 * @see https://github.com/acoustid/chromaprint
 */
import { ALGORITHM, decodeFingerprintText } from '#fingerprint';
import { AppError, type BytePath } from '#kernel';
import { foreignPath } from './foreign-path.ts';
import { itemsOf, secondsOf } from './items.ts';
import { jsonLine, objectOf } from './json-line.ts';
import { type ForeignFingerprint, type Reading, read, unread } from './records.ts';

const EXTENSION = '.fpcalc';

/**
 * The fingerprint in the text of a cache. The sound is the file that the cache is named after, else the one that the
 * text names.
 */
export function fpcalcFingerprint(cache: BytePath, text: string): Reading<ForeignFingerprint> {
  const fields = text.trimStart().startsWith('{') ? jsonFields(text) : read(textFields(text));
  if (!fields.ok) return fields;
  const path = cache.toLowerCase().endsWith(EXTENSION)
    ? read(cache.slice(0, -EXTENSION.length) as BytePath)
    : foreignPath(fields.value['file']);
  if (!path.ok) return unread('neither its name nor its content tells whose fingerprint it is');
  const seconds = secondsOf(fields.value['duration']);
  if (!seconds.ok) return seconds;
  const items = itemsIn(fields.value['fingerprint']);
  if (!items.ok) return items;
  return read({ path: path.value, durationSeconds: seconds.value, items: items.value });
}

type Fields = Readonly<Record<string, unknown>>;

function jsonFields(text: string): Reading<Fields> {
  const parsed = jsonLine(text);
  if (!parsed.ok) return parsed;
  const fields = objectOf(parsed.value);
  return fields ? read(fields) : unread('it is no object');
}

/** Of several sounds, the last one's: a cache holds one. */
function textFields(text: string): Fields {
  const fields: Record<string, unknown> = {};
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^(FILE|DURATION|FINGERPRINT)=(.*)$/s.exec(line.trim()) ?? [];
    if (key !== undefined) fields[key.toLowerCase()] = key === 'DURATION' ? Number(value || Number.NaN) : value;
  }
  return fields;
}

function itemsIn(fingerprint: unknown): Reading<Uint32Array> {
  if (typeof fingerprint !== 'string') return itemsOf(fingerprint);
  if (fingerprint === '') return unread('its fingerprint is empty');
  // A single item of -raw has no comma; no text form is that short.
  if (/^-?\d+(\s*,|$)/.test(fingerprint)) return itemsOf(fingerprint.split(',').map(figureOf));
  return textItems(fingerprint);
}

function figureOf(text: string): number {
  return /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
}

function textItems(text: string): Reading<Uint32Array> {
  try {
    const { algorithm, items } = decodeFingerprintText(text);
    if (algorithm !== ALGORITHM)
      return unread(`its fingerprint is of algorithm ${algorithm}, which compares with no other`);
    return items.length > 0 ? read(items) : unread('its fingerprint is empty');
  } catch (error) {
    if (error instanceof AppError) return unread('its fingerprint is damaged');
    throw error;
  }
}
