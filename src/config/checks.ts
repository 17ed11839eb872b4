/**
 * What single values cannot tell: names that must be there, and folders that must not lie in one another, because files
 * would arrive again that were placed, or views would show what is no part of them. Folders are compared as they are
 * written; where symlinks lead is not looked at.
 */
import { AppError, type BytePath, closestWord, isUnder } from '#kernel';
import { type EntryKey, entryPlace, type SettingEntry } from './entries.ts';
import type { InboxSettings } from './named-tables.ts';
import type { Settings } from './settings.ts';

/** @throws AppError `config/bad-value` */
export function assertFitting(settings: Settings, entries: readonly SettingEntry[]): void {
  const placeOf = (key: EntryKey): string => {
    const entry = entries.find((one) => one.key === key);
    return entry ? entryPlace(entry) : key;
  };
  for (const inbox of settings.inboxes) assertPlaceable(inbox, placeOf);
  for (const { name, inbox } of settings.views) assertInbox(settings, `views.${name}.inbox`, inbox, placeOf);
  if (settings.compat.inbox !== null) assertInbox(settings, 'compat.inbox', settings.compat.inbox, placeOf);
  assertApart(settings, placeOf);
}

type PlaceOf = (key: EntryKey) => string;

function assertPlaceable({ name, place, library }: InboxSettings, placeOf: PlaceOf): void {
  if (place === 'none' || library !== null) return;
  throw bad(
    `${placeOf(`inboxes.${name}.place`)} is ${place}, and inboxes.${name}.library names no folder for it.`,
    'Name the folder as library, or leave place at none.',
  );
}

function assertInbox({ inboxes }: Settings, key: EntryKey, wanted: string, placeOf: PlaceOf): void {
  const names = inboxes.map(({ name }) => name);
  if (names.includes(wanted)) return;
  const meant = closestWord(wanted, names);
  throw bad(
    `${placeOf(key)} names the inbox "${wanted}", which is not there.`,
    meant ? `Did you mean ${meant}?` : 'Describe the inbox in a section of its own, [inboxes.NAME].',
  );
}

interface Folder {
  readonly key: EntryKey;
  readonly path: BytePath;
}

function assertApart({ inboxes, views, roots }: Settings, placeOf: PlaceOf): void {
  const arriving = inboxes.map(({ name, path }): Folder => ({ key: `inboxes.${name}.path`, path }));
  const placed = inboxes.flatMap(({ name, library }): Folder[] =>
    library === null ? [] : [{ key: `inboxes.${name}.library`, path: library }],
  );
  const shown = views.map(({ name, path }): Folder => ({ key: `views.${name}.path`, path }));
  const others = [...arriving, ...placed, ...roots.map((path): Folder => ({ key: 'roots', path }))];
  assertNoneWithin(arriving, arriving, 'A file can belong to one inbox only.', placeOf);
  assertNoneWithin(arriving, placed, 'What is placed there would arrive again.', placeOf);
  assertNoneWithin(shown, [...shown, ...others], 'A view needs a folder for itself.', placeOf);
}

/** No folder of the one list lies in one of the other, nor the other way round. */
function assertNoneWithin(some: readonly Folder[], others: readonly Folder[], why: string, placeOf: PlaceOf): void {
  for (const one of some) {
    for (const other of others) {
      if (one.key === other.key) continue;
      if (isUnder(one.path, other.path)) throw within(one, other, why, placeOf);
      if (isUnder(other.path, one.path)) throw within(other, one, why, placeOf);
    }
  }
}

function within(inner: Folder, outer: Folder, why: string, placeOf: PlaceOf): AppError {
  const how = inner.path === outer.path ? 'is also' : 'lies in';
  const folder = inner.path === outer.path ? '' : `, ${outer.path}`;
  return bad(`${placeOf(inner.key)}, ${inner.path}, ${how} ${outer.key}${folder}.`, why);
}

function bad(message: string, hint: string): AppError {
  return new AppError('config/bad-value', message, { kind: 'usage', hint });
}
