/**
 * Where an admitted file goes below the library, by its tags and a template such as
 * `{albumArtist}/{album}/{disc}-{track} {title}`. Whatever the tags say, the result is a relative path that stays below
 * the library, and each of its names is one that Linux, macOS and Windows take. What they do not take becomes `_`, as in
 * beets. Pure.
 * @see https://beets.readthedocs.io/en/stable/reference/config.html#replace
 * @see https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
import type { CommonTags } from '#audio';
import { fittedName, partedName } from '#filing';
import { AppError, type BytePath, baseName } from '#kernel';

/** What is known of the file. */
export interface PlaceFields {
  readonly tags: CommonTags;
  /** Its own name: gives the extension, and the title where the tags have none. */
  readonly name: BytePath;
}

/** What may stand in braces. */
const FIELDS = ['albumArtist', 'artist', 'album', 'title', 'disc', 'track', 'date', 'year', 'genre'] as const;
type Field = (typeof FIELDS)[number];

/**
 * The path below the library, with the file's extension. A field that the tags lack is told by a word (`Unknown Album`),
 * or goes with the separator behind it (`{disc}-`), and a folder that says nothing else goes as a whole.
 * @throws AppError `gate/bad-template` where the template names a field that there is not
 */
export function placeName(template: string, fields: PlaceFields): BytePath {
  const [stem, extension] = partedName(baseName(fields.name));
  const values = valuesOf(fields.tags, stem);
  const segments = template.split('/');
  const [last = stem] = filled(segments.pop() ?? '', values);
  const folders = segments.flatMap((segment) => filled(segment, values)).map((name) => safe(name));
  return [...folders, safe(last, safeExtension(extension))].join('/') as BytePath;
}

function valuesOf(tags: CommonTags, stem: BytePath): Readonly<Record<Field, string | undefined>> {
  const text = (value: string | undefined): string | undefined => value?.toWellFormed().trim() || undefined;
  const artist = text(tags.artist) ?? text(tags.artists?.[0]);
  const albumArtist = text(tags.albumArtist);
  return {
    albumArtist: albumArtist ?? artist ?? 'Unknown Artist',
    artist: artist ?? albumArtist ?? 'Unknown Artist',
    album: text(tags.album) ?? 'Unknown Album',
    // The file's own name may hold bytes that are no UTF-8, which stay.
    title: text(tags.title) ?? stem,
    disc: tags.disc?.toString(),
    track: tags.track?.toString().padStart(2, '0'),
    date: text(tags.date),
    year: /^\d{4}/.exec(text(tags.date) ?? '')?.[0],
    genre: text(tags.genres?.[0]),
  };
}

/** One name of the template with its values; none where it would say nothing. */
function filled(segment: string, values: Readonly<Record<Field, string | undefined>>): BytePath[] {
  let [asked, given] = [0, 0];
  const name = segment.replace(/\{([^{}]*)\}([\s\-_.]*)/g, (_, key: string, separator: string) => {
    const value = values[fieldOf(key)];
    asked += 1;
    if (value === undefined) return '';
    given += 1;
    return value + separator;
  });
  return name === '' || (asked > 0 && given === 0) ? [] : [name as BytePath];
}

function fieldOf(key: string): Field {
  const field = FIELDS.find((each) => each === key);
  if (field !== undefined) return field;
  throw new AppError('gate/bad-template', `The template names {${key}}, which is no field.`, {
    kind: 'usage',
    hint: `Fields are ${FIELDS.map((each) => `{${each}}`).join(', ')}.`,
  });
}

/** Control characters, and what separates or stands for names on some system. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"/\\|?*]/g;

/** Names of devices, whatever follows the first dot. */
const RESERVED = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])\s*(\.|$)/i;

/** One name, of at most 255 bytes, which neither begins with a dot or blank nor ends with one. */
function safe(text: BytePath, extension = '' as BytePath): BytePath {
  const plain = text.replace(FORBIDDEN, '_').trim().replace(/^\./, '_') as BytePath;
  const cut = fittedName(plain, `_${extension}` as BytePath).slice(0, -1 - extension.length);
  const stem = extension === '' ? withoutTail(cut) : cut.trimEnd();
  const name = `${stem || '_'}${extension}`;
  return (RESERVED.test(name) ? `_${name}` : name) as BytePath;
}

/** Windows drops dots and blanks at the end; two names would become one. */
function withoutTail(name: string): string {
  return name.replace(/[\s.]+$/, (tail) => '_'.repeat(tail.trim() === '' ? 0 : 1));
}

/** Like the file's own, in lower case; one that consists of nothing allowed goes. */
function safeExtension(extension: BytePath): BytePath {
  const plain = extension
    .slice(1)
    .toLowerCase()
    .replace(FORBIDDEN, '_')
    .replace(/[\s.]+/g, '');
  return (plain === '' ? '' : `.${plain}`) as BytePath;
}
