/** XML as text. Whatever a name holds, what comes out is well-formed: what XML cannot carry becomes U+FFFD. */

/** A piece of markup, as opposed to text. */
export type Markup = string & { readonly [brand]: 'Markup' };
declare const brand: unique symbol;

type Attributes = Readonly<Record<string, string | number | undefined>>;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
// All but the characters of XML 1.0; lone surrogates too, since the expression reads code points.
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text as markup. */
export function text(characters: string): Markup {
  return characters.replace(FORBIDDEN, '\ufffd').replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char) as Markup;
}

/** An element; attributes that are `undefined` are left out, numbers are rounded to hundredths. */
export function element(name: string, attributes: Attributes, ...children: readonly Markup[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? figure(value) : text(String(value))}"`)
    .join('');
  const content = children.join('');
  return (content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`) as Markup;
}

/** Pieces one after the other. */
export function joined(...pieces: readonly Markup[]): Markup {
  return pieces.join('') as Markup;
}

/** A coordinate: hundredths at most, never `-0`. */
export function figure(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}
