/** Values of native tags as bounded text: binary ones are described, never kept. */

/** Longest text kept of one value, in characters. Chosen: above any name, below lyrics of a whole opera. */
const LONGEST_TEXT = 4096;

/** `value` as the tag parser has it, for people to read. */
export function describeValue(value: unknown): string {
  return bounded(describe(value));
}

/** At most {@link LONGEST_TEXT} characters, without control characters and outer blanks; what is cut off is counted. */
export function bounded(text: string): string {
  const clean = text.replaceAll(CONTROLS, ' ').trim();
  if (clean.length <= LONGEST_TEXT) return clean;
  return `${clean.slice(0, LONGEST_TEXT).toWellFormed()}… (${count(clean.length)} characters)`;
}

// Tabs and line ends are part of comments and lyrics.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

function describe(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Uint8Array) return describeBytes(value);
  if (Array.isArray(value)) return value.map(describe).join(', ');
  if (value instanceof Map) return describe(Object.fromEntries(value));
  if (typeof value === 'object') return describeRecord(value as Record<string, unknown>);
  return String(value);
}

function describeRecord(value: Record<string, unknown>): string {
  const data = value['data'];
  if (data instanceof Uint8Array) return describeData(value, data);
  const filled = Object.entries(value).filter(([, part]) => part !== undefined && part !== '' && part !== null);
  const text = value['text'];
  if (typeof text === 'string') {
    const about = filled
      .filter(([key]) => key === 'descriptor' || key === 'language')
      .map(([, part]) => describe(part));
    return about.length === 0 ? text : `${text} (${about.join(', ')})`;
  }
  return filled.map(([key, part]) => `${key}: ${describe(part)}`).join(', ');
}

/** Pictures, attached objects and private frames: what they are and how large. */
function describeData(value: Record<string, unknown>, data: Uint8Array): string {
  const kinds = ['format', 'type', 'owner_identifier', 'filename', 'description'];
  const about = kinds.map((key) => value[key]).filter((part) => typeof part === 'string' && part !== '');
  return [...about, sizeOf(data)].join(', ');
}

/** Short printable bytes are identifiers and shown as they are. */
function describeBytes(bytes: Uint8Array): string {
  const isText = bytes.length > 0 && bytes.length <= 64 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText ? String.fromCharCode(...bytes) : sizeOf(bytes);
}

function sizeOf(bytes: Uint8Array): string {
  return `${count(bytes.length)} bytes`;
}

function count(figure: number): string {
  return figure.toLocaleString('en-US');
}
