/**
 * Percent-encoding (RFC 3986) of paths, byte by byte. Programs differ in what they escape, so a playlist's own habit is
 * learned from all of it and kept; where it shows none, all but the unreserved characters is escaped, as VLC does.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2
 */
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import { bytesOfUnits, unitsOf } from './playlist-text.ts';

export interface PercentHabit {
  /** Bytes that stood for themselves, and bytes that were escaped. All above 0x7F count as 0x80. */
  readonly plain: ReadonlySet<number>;
  readonly escaped: ReadonlySet<number>;
  readonly isLowerCase: boolean;
}

const TRIPLET = /%[0-9a-f]{2}/gi;
const UNRESERVED = new Set(unitCodes('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'));
/** Would be read as something else than a part of a name, whatever was seen. */
const ALWAYS_ESCAPED = new Set(unitCodes('%?#\u007f'));
const SLASH = 0x2f;

/** Without escapes; a `%` that begins none stands for itself. */
export function percentDecoded(text: BytePath): BytePath {
  if (!text.includes('%')) return text;
  const units = unitsOf(bytesOfPath(text));
  const decoded = units.replace(TRIPLET, (triplet) => String.fromCharCode(Number.parseInt(triplet.slice(1), 16)));
  return pathFromBytes(bytesOfUnits(decoded, 'bytes'));
}

/** Escaped by the habit. Slashes are kept. */
export function percentEncoded(path: BytePath, habit: PercentHabit): BytePath {
  // Bytes that are no text can only be escaped.
  const isText = path.isWellFormed();
  const units = unitsOf(bytesOfPath(path)).replace(/./gs, (unit) => {
    const byte = unit.charCodeAt(0);
    return isPlain(byte, habit) && (isText || byte < 0x80) ? unit : escapeOf(byte, habit);
  });
  return pathFromBytes(bytesOfUnits(units, 'bytes'));
}

/** Learns from texts that are percent-encoded. */
export function percentHabit(texts: Iterable<BytePath>): PercentHabit {
  const plain = new Set<number>();
  const escaped = new Set<number>();
  let lower = 0;
  for (const text of texts) {
    const units = unitsOf(bytesOfPath(text));
    for (const [triplet] of units.matchAll(TRIPLET)) {
      escaped.add(kindOf(Number.parseInt(triplet.slice(1), 16)));
      // Only letters tell; each that is small weighs against one that is not.
      lower += /[a-f]/.test(triplet) ? 1 : /[A-F]/.test(triplet) ? -1 : 0;
    }
    for (const code of unitCodes(units.replace(TRIPLET, ''))) plain.add(kindOf(code));
  }
  return { plain, escaped, isLowerCase: lower > 0 };
}

function isPlain(byte: number, { plain, escaped }: PercentHabit): boolean {
  if (byte === SLASH) return true;
  if (byte < 0x20 || ALWAYS_ESCAPED.has(byte)) return false;
  const kind = kindOf(byte);
  return plain.has(kind) === escaped.has(kind) ? UNRESERVED.has(byte) : plain.has(kind);
}

function kindOf(byte: number): number {
  return Math.min(byte, 0x80);
}

function escapeOf(byte: number, { isLowerCase }: PercentHabit): string {
  const digits = byte.toString(16).padStart(2, '0');
  return `%${isLowerCase ? digits : digits.toUpperCase()}`;
}

function unitCodes(units: string): number[] {
  return Array.from(units, (unit) => unit.charCodeAt(0));
}
