/** What stands above the drawing: what was found, about which files, why, and the key figures. */

import { PAGE_WIDTH, type Panel } from './layout.ts';
import { fitted, widthOf, wrapped } from './lettering.ts';
import { element, joined, type Markup, text } from './xml.ts';

/** A term with its value: `Similarity`, `98 %`. */
export type Fact = readonly [term: string, value: string];

/** One file, as it is called in a picture. Texts come as they shall be seen: no control characters. */
export interface NamedFile {
  readonly name: string;
  /** In a few words: codec, quality, length. */
  readonly about: string;
}

const LEFT = 28;
const WIDTH = PAGE_WIDTH - 2 * LEFT;
const MOST_REASON_LINES = 4;

/** The headline, with a word or two beside it. */
export function headline(sentence: string, aside = ''): Panel {
  const line = element(
    'text',
    { class: 'text title', x: LEFT, y: 18 },
    text(fitted(sentence, 22, WIDTH - widthOf(aside, 15) - 24)),
    ...(aside === '' ? [] : [element('tspan', { class: 'faint name', dx: 12 }, text(aside))]),
  );
  return { markup: line, height: 36 };
}

/** A file's name with its letter. */
export function fileLine({ name, about }: NamedFile, color?: 'a' | 'b'): Panel {
  const indent = color ? 22 : 0;
  const letter = element(
    'text',
    { class: `fill-${color} strong name`, x: LEFT, y: 13 },
    text(color?.toUpperCase() ?? ''),
  );
  const shown = fitted(name, 15, WIDTH - indent - widthOf(about, 12) - 30);
  const line = element(
    'text',
    { class: 'text name', x: LEFT + indent, y: 13 },
    text(shown),
    element('tspan', { class: 'faint', dx: 12, 'font-size': 12 }, text(about)),
  );
  return { markup: joined(...(color ? [letter] : []), line), height: 22 };
}

/** Why, in sentences. */
export function reasonLines(reasons: readonly string[]): Panel {
  const lines = reasons.flatMap((reason) => wrapped(reason, 14, WIDTH));
  const shown = lines.slice(0, MOST_REASON_LINES);
  if (lines.length > shown.length) shown.push('…');
  return {
    markup: joined(
      ...shown.map((line, i) => element('text', { class: 'text value', x: LEFT, y: 16 + i * 20 }, text(line))),
    ),
    height: shown.length * 20 + 6,
  };
}

const FACT_HEIGHT = 42;
const FACT_GAP = 30;

/** Terms with their values below them, in as many rows as needed. */
export function facts(list: readonly Fact[]): Panel {
  let [x, y] = [LEFT, 0];
  const pieces: Markup[] = [];
  for (const [term, value] of list) {
    const width = Math.max(widthOf(term, 11), widthOf(value, 14));
    if (x > LEFT && x + width > LEFT + WIDTH) {
      x = LEFT;
      y += FACT_HEIGHT;
    }
    pieces.push(
      element('text', { class: 'faint small', x, y: y + 12 }, text(term)),
      element('text', { class: 'text value', x, y: y + 30 }, text(fitted(value, 14, WIDTH))),
    );
    x += width + FACT_GAP;
  }
  return { markup: joined(...pieces), height: list.length === 0 ? 0 : y + FACT_HEIGHT };
}
