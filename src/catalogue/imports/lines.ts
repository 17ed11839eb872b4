/**
 * Lines of a text that comes in blocks, with their numbers. Memory is a block and the longest line. A line that is
 * not UTF-8 or beyond all bounds costs itself alone. LF or CRLF ends a line; a byte order mark is left out.
 */

/** A line of the text without its end, or why it cannot be read. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** As the end of a sentence that starts with "it"; then `text` is empty. */
  readonly damage?: string;
}

/** Longer lines are left out. A fingerprint of 40 hours is no longer; chosen. */
export const MOST_LINE_BYTES: number = 2 ** 24;

const LF = 10;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The lines of each block that end in it; blank ones are counted and left out. Blocks may be reused between calls. */
export function* linesOf(blocks: Iterable<Uint8Array>, mostBytes: number = MOST_LINE_BYTES): Generator<Line[]> {
  const begun = createBegunLine(mostBytes);
  let number = 1;
  for (const block of blocks) {
    const [first, last] = [block.indexOf(LF), block.lastIndexOf(LF)];
    begun.push(block.subarray(0, first < 0 ? undefined : first));
    if (first < 0) continue;
    const lines = [lineOf(begun.take(), number, mostBytes)];
    if (first < last) lines.push(...linesIn(block.subarray(first + 1, last), number + 1, mostBytes));
    begun.push(block.subarray(last + 1));
    number += lines.length;
    yield lines.filter(isWorthReading);
  }
  yield [lineOf(begun.take(), number, mostBytes)].filter(isWorthReading);
}

function isWorthReading({ text, damage }: Line): boolean {
  return damage !== undefined || /\S/.test(text);
}

/** A line whose end is still to come. */
interface BegunLine {
  /** Adds a copy. */
  push(part: Uint8Array): void;
  /** All that was pushed, or so much of it that it is too long. */
  take(): Uint8Array;
}

function createBegunLine(mostBytes: number): BegunLine {
  let parts: Uint8Array[] = [];
  let length = 0;
  return {
    push(part) {
      if (part.length === 0 || length > mostBytes) return;
      // Not slice: of Node's buffers that is no copy.
      parts.push(Uint8Array.from(part));
      length += part.length;
    },
    take() {
      const whole = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        whole.set(part, at);
        at += part.length;
      }
      parts = [];
      length = 0;
      return whole;
    },
  };
}

function linesIn(bytes: Uint8Array, first: number, mostBytes: number): Line[] {
  const texts = decoded(bytes)?.split('\n');
  // The fast way, where every line is short for sure: a UTF-16 unit is at most three bytes.
  if (texts?.every((line) => line.length * 3 <= mostBytes)) {
    return texts.map((line, index) => ({ number: first + index, text: trimmed(line, first + index) }));
  }
  return [...pieces(bytes)].map((piece, index) => lineOf(piece, first + index, mostBytes));
}

function lineOf(bytes: Uint8Array, number: number, mostBytes: number): Line {
  if (bytes.length > mostBytes) return { number, text: '', damage: `it is longer than ${mostBytes} bytes` };
  const text = decoded(bytes);
  return text === undefined ? { number, text: '', damage: 'it is not UTF-8' } : { number, text: trimmed(text, number) };
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (;;) {
    const end = bytes.indexOf(LF, from);
    if (end < 0) break;
    yield bytes.subarray(from, end);
    from = end + 1;
  }
  yield bytes.subarray(from);
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    // Not UTF-8 as a whole; the caller looks at it line by line.
    return undefined;
  }
}

function trimmed(line: string, number: number): string {
  const start = number === 1 && line.startsWith('\ufeff') ? 1 : 0;
  return line.slice(start, line.endsWith('\r') ? -1 : undefined);
}
