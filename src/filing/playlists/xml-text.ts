/** Character references of XML, in text. */
import type { BytePath } from '#kernel';

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text without references; `undefined` where one is not known, for then nobody can say what the text is. */
export function fromXml(text: BytePath): BytePath | undefined {
  let isKnown = true;
  const plain = text.replace(/&([^&;]*);?/g, (reference, name: string) => {
    const char = reference.endsWith(';') ? characterOf(name) : undefined;
    isKnown &&= char !== undefined;
    return char ?? '';
  });
  return isKnown ? (plain as BytePath) : undefined;
}

/** Text in which no markup can be seen. */
export function toXml(text: BytePath): BytePath {
  return text.replace(/[&<>]/g, (char) => ESCAPED[char] ?? char) as BytePath;
}

function characterOf(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name) ?? [];
  if (hex === undefined && decimal === undefined) return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
