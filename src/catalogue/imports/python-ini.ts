/**
 * INI files as Python's `configparser` reads and writes them with its defaults, which is what Cometa does: `=` or `:`
 * after a key, keys in any case, `#` and `;` before a comment of a whole line, more deeply indented lines that go on
 * with a value, `[DEFAULT]` for all sections, `%%` for `%` and `%(key)s` for another value of the section.
 * What Python refuses (a key twice, a line without a key) costs that line alone here, and is told.
 * @see https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
 */
import type { Line } from './lines.ts';
import { type Reading, read, unread } from './records.ts';

export interface IniSection {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** By key in lower case, in the order of the file; those of `[DEFAULT]` come last. */
  readonly values: ReadonlyMap<string, IniValue>;
}

export interface IniValue {
  readonly line: number;
  readonly text: string;
}

export interface IniTrouble {
  readonly line: number;
  /** As the end of a sentence that starts with "it". */
  readonly why: string;
}

export interface IniFile {
  readonly sections: readonly IniSection[];
  readonly troubles: readonly IniTrouble[];
}

interface RawSection {
  readonly name: string;
  readonly line: number;
  readonly values: Map<string, RawValue>;
}

interface RawValue {
  readonly line: number;
  readonly parts: string[];
}

const SECTION = /^\[(.+)\]/s;
const COMMON = 'DEFAULT';
/** As Python counts, lest values name each other for ever; and a bound that Python lacks on how long that makes them. Chosen. */
const MOST_DEPTH = 10;
const MOST_NAMED_CHARACTERS = 2 ** 16;

export function readPythonIni(lines: Iterable<Line>): IniFile {
  const { sections, troubles } = rawSections(lines);
  const common = sections.get(COMMON)?.values ?? new Map<string, RawValue>();
  const finished = [...sections.values()]
    .filter(({ name }) => name !== COMMON)
    .map((section) => finish(section, common, troubles));
  return { sections: finished, troubles: troubles.toSorted((a, b) => a.line - b.line) };
}

interface Raw {
  readonly sections: Map<string, RawSection>;
  readonly troubles: IniTrouble[];
}

/** Where reading stands: the section, and the value that a deeper line would go on with. */
interface Place {
  section: RawSection | undefined;
  value: RawValue | undefined;
  indent: number;
}

function rawSections(lines: Iterable<Line>): Raw {
  const raw: Raw = { sections: new Map(), troubles: [] };
  const place: Place = { section: undefined, value: undefined, indent: 0 };
  for (const { number, text, damage } of lines) {
    const content = text.trim();
    const indent = text.length - text.trimStart().length;
    if (damage !== undefined) raw.troubles.push({ line: number, why: damage });
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    if (place.value && indent > place.indent) place.value.parts.push(content);
    else {
      const why = readEntry(raw, place, content, number);
      if (why !== undefined) raw.troubles.push({ line: number, why });
      place.indent = indent;
    }
  }
  return raw;
}

/** Begins a section or a value. @returns what Python would refuse about it */
function readEntry({ sections }: Raw, place: Place, content: string, line: number): string | undefined {
  place.value = undefined;
  const name = SECTION.exec(content)?.[1];
  if (name !== undefined) {
    const before = sections.get(name);
    place.section = before ?? { name, line, values: new Map() };
    sections.set(name, place.section);
    return before && name !== COMMON ? `it begins the section ${name} a second time` : undefined;
  }
  const at = content.search(/[=:]/);
  const key = content.slice(0, Math.max(0, at)).trimEnd().toLowerCase();
  if (place.section === undefined) return 'it stands before the first section';
  if (key === '') return 'it is neither a section nor a key with a value';
  if (place.section.values.has(key)) return `it sets ${key} a second time`;
  place.value = { line, parts: [content.slice(at + 1).trimStart()] };
  place.section.values.set(key, place.value);
  return undefined;
}

function finish(
  { name, line, values }: RawSection,
  common: ReadonlyMap<string, RawValue>,
  troubles: IniTrouble[],
): IniSection {
  const all = new Map([...values, ...[...common].filter(([key]) => !values.has(key))]);
  const finished = new Map<string, IniValue>();
  for (const [key, value] of all) {
    const text = interpolated(value.parts.join('\n'), all, { characters: MOST_NAMED_CHARACTERS });
    if (text.ok) finished.set(key, { line: value.line, text: text.value });
    else troubles.push({ line: value.line, why: text.why });
  }
  return { name, line, values: finished };
}

/** Python's `BasicInterpolation`. `left` is how much more other values may bring in, over all. */
function interpolated(
  text: string,
  values: ReadonlyMap<string, RawValue>,
  left: { characters: number },
  depth: number = MOST_DEPTH,
): Reading<string> {
  let result = '';
  let from = 0;
  for (const match of text.matchAll(/%(?:%|\(([^)]*)\)s|)/g)) {
    const [part, key] = match;
    const stands = part === '%%' ? read('%') : key === undefined ? ALONE : named(key, values, left, depth);
    // At once: what follows a % alone may be long and full of them.
    if (!stands.ok) return stands;
    result += text.slice(from, match.index) + stands.value;
    from = match.index + part.length;
  }
  return read(result + text.slice(from));
}

const ALONE = unread('it has a % alone, which is written %%');

function named(
  key: string,
  values: ReadonlyMap<string, RawValue>,
  left: { characters: number },
  depth: number,
): Reading<string> {
  const text = values.get(key.toLowerCase())?.parts.join('\n');
  if (text === undefined) return unread(`it names ${key}, which is not set`);
  left.characters -= text.length + 1;
  if (depth === 1 || left.characters < 0) return unread('its values name each other without an end');
  return interpolated(text, values, left, depth - 1);
}
