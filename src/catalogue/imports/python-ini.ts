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
const OPTION = /^(.*?)\s*[=:]\s*(.*)$/s;
const COMMON = 'DEFAULT';
/** As Python counts, lest values name each other for ever; and a bound that Python lacks on how often they do. Chosen. */
const MOST_DEPTH = 10;
const MOST_NAMES = 1_000;

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
  const [, written = '', first = ''] = OPTION.exec(content) ?? [];
  const key = written.toLowerCase();
  if (place.section === undefined) return 'it stands before the first section';
  if (key === '') return 'it is neither a section nor a key with a value';
  if (place.section.values.has(key)) return `it sets ${key} a second time`;
  place.value = { line, parts: [first] };
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
    const text = interpolated(value.parts.join('\n'), all, { names: MOST_NAMES });
    if (text.ok) finished.set(key, { line: value.line, text: text.value });
    else troubles.push({ line: value.line, why: text.why });
  }
  return { name, line, values: finished };
}

/** Python's `BasicInterpolation`. `left` is how many more names may be followed, over all. */
function interpolated(
  text: string,
  values: ReadonlyMap<string, RawValue>,
  left: { names: number },
  depth: number = MOST_DEPTH,
): Reading<string> {
  let why: string | undefined;
  const follow = (key: string): string => {
    const named = values.get(key.toLowerCase());
    if (named === undefined) why = `it names ${key}, which is not set`;
    else if (depth === 1 || left.names-- === 0) why = 'its values name each other without an end';
    else {
      const inner = interpolated(named.parts.join('\n'), values, left, depth - 1);
      if (inner.ok) return inner.value;
      why = inner.why;
    }
    return '';
  };
  const result = text.replace(/%(?:%|\(([^)]*)\)s|)/g, (part, key: string | undefined) => {
    if (why !== undefined) return '';
    if (part === '%%') return '%';
    if (key !== undefined) return follow(key);
    why = 'it has a % alone, which is written %%';
    return '';
  });
  return why === undefined ? read(result) : unread(why);
}
