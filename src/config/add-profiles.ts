/**
 * Adds profiles at the end of a settings file, whose text stays as it is. A profile that is there already is never
 * changed, whatever it says: a person merges.
 */
import { AppError } from '#kernel';
import { parseSettingsFile, type SettingsFile } from './file.ts';
import { nearestProfileName } from './profile-name.ts';
import { commentedSettings, tomlValue } from './template.ts';
import { absolutePath, type PathBase } from './values.ts';

/** A profile as somebody else calls it. */
export interface WantedProfile {
  /** Any text. */
  readonly name: string;
  /** Absolute paths; a profile without any is not added. */
  readonly roots: readonly string[];
  /** Where it comes from, in words, for a comment. */
  readonly origin: string;
}

export interface PlacedProfile {
  /** What it is called here. */
  readonly name: string;
  /** `known`: there with the same roots; `kept`: there with others, and left as it is; `empty`: it has no roots. */
  readonly outcome: 'added' | 'known' | 'kept' | 'empty';
}

export interface AddedProfiles {
  /** One a wanted profile, in their order. */
  readonly placed: readonly PlacedProfile[];
  /** What is to be added; empty where nothing is. */
  readonly addition: string;
  /** The whole new text of the file. */
  readonly text: string;
}

/** The settings file as it is; `text` is `undefined` where there is none. */
export interface SettingsText {
  readonly path: string;
  readonly text: string | undefined;
  readonly base: PathBase;
}

/** @throws AppError `config/no-room-for-profiles` where the file is written so that nothing can be added at its end */
export async function addProfiles(file: SettingsText, wanted: readonly WantedProfile[]): Promise<AddedProfiles> {
  const text = file.text ?? commentedSettings(new Map());
  const before = await parseSettingsFile(file.path, text, file.base);
  const names = namesOf(wanted);
  const rootsOf = ({ roots }: WantedProfile): string[] => [
    ...new Set(roots.map((root) => absolutePath(root, file.base))),
  ];
  const placed = wanted.map((profile, index) => {
    const name = names[index] as string;
    return { name, outcome: outcomeOf(before, name, rootsOf(profile)) } as const;
  });
  const tables = wanted.map((profile, index) => tableOf(names[index] as string, rootsOf(profile), profile.origin));
  const addition = tables.filter((_, index) => placed[index]?.outcome === 'added').join('');
  const whole = `${text.replace(/\n*$/, '\n')}${addition}`;
  if (addition !== '') await assertAdded(file, whole, placed);
  return { placed, addition, text: whole };
}

/** Depends on nothing but what is wanted, so that the same wishes find their profiles again. */
function namesOf(wanted: readonly WantedProfile[]): string[] {
  const taken = new Set<string>();
  return wanted.map(({ name }) => {
    const base = nearestProfileName(name) ?? 'collection';
    let free = base;
    for (let n = 2; taken.has(free); n++) free = `${base}-${n}`;
    taken.add(free);
    return free;
  });
}

function outcomeOf({ profiles }: SettingsFile, name: string, roots: readonly string[]): PlacedProfile['outcome'] {
  if (roots.length === 0) return 'empty';
  const there = profiles.get(name);
  if (there === undefined) return 'added';
  return tomlValue(there.settings.get('roots')?.value ?? []) === tomlValue(roots) ? 'known' : 'kept';
}

function tableOf(name: string, roots: readonly string[], origin: string): string {
  const key = name.includes('.') ? `"${name}"` : name;
  const comment = tomlValue(origin.toWellFormed()).slice(1, -1).replaceAll('\\"', '"');
  return `\n# ${comment}\n[profiles.${key}]\nroots = ${tomlValue(roots)}\n`;
}

async function assertAdded(
  { path, base }: SettingsText,
  text: string,
  placed: readonly PlacedProfile[],
): Promise<void> {
  const isThere = await parseSettingsFile(path, text, base).then(
    ({ profiles }) => placed.every(({ name, outcome }) => outcome === 'empty' || profiles.has(name)),
    // An inline table of profiles, for example, can have no section after it.
    () => false,
  );
  if (isThere) return;
  throw new AppError('config/no-room-for-profiles', `No profile can be added at the end of ${path}.`, {
    kind: 'conflict',
    hint: 'Write the profiles that are there as sections, [profiles.NAME], or add the new ones by hand.',
  });
}
