/** What `info` says about the library and about one file. */
import { type CommonTags, codecName } from '#audio';
import type { FileInfo, LibraryInfo } from '../app.ts';
import { alignColumns } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import { clockText, counted, countText, percentText, rateText, sizeText, spanText } from '../terminal/units.ts';
import { toolText } from './import.ts';
import { exactPath, shownPath } from './paths.ts';
import { relationText, type View } from './view.ts';

type Row = readonly [term: string, value: string];

export function renderLibrary(info: LibraryInfo, { style }: View): string[] {
  const rows: Row[] = [
    ['Roots', info.roots.map(safeText).join(', ') || 'none'],
    ['Files', `${countText(info.files)}, ${sizeText(info.bytes)}, ${spanText(info.audioSeconds)} of sound`],
    ['Distinct', `${counted(info.contents, 'content')}, ${counted(info.sounds, 'sound')}`],
    [
      'Quality',
      `${countText(info.lossless)} lossless, ${countText(info.damaged)} damaged, ${countText(info.failed)} not readable`,
    ],
    ['Tags', tagFigures(info)],
    ['Missing', info.missing === 0 ? 'none' : `${counted(info.missing, 'file')} that were there once`],
    ['Catalogue', `${safeText(info.data)}, ${sizeText(info.catalogueBytes)}`],
    ...importedRows(info),
  ];
  const codecs = info.codecs.map(({ codec, files, bytes, audioSeconds }) => [
    safeText(codec),
    counted(files, 'file'),
    sizeText(bytes),
    spanText(audioSeconds),
  ]);
  const right = { side: 'right' } as const;
  const table = alignColumns(codecs, [{}, right, right, right]).map((line) => `  ${line}`);
  return [...terms(rows, style.faint), ...(table.length > 0 ? ['', style.strong('By codec'), ...table] : [])];
}

function importedRows({ imported: { sources, fingerprints, pairs } }: LibraryInfo): Row[] {
  if (sources === 0) return [];
  const what = `${counted(fingerprints, 'fingerprint')} and ${counted(pairs, 'pair')} from ${counted(sources, 'file')} of other programs`;
  return [['Imported', what]];
}

function tagFigures({ untagged, withTagConflicts, withCover }: LibraryInfo): string {
  return `${countText(withCover)} with cover, ${countText(untagged)} without tags, ${countText(withTagConflicts)} with blocks that disagree`;
}

/** `withNative` adds the tags as their blocks have them. */
export function renderFile(info: FileInfo, withNative: boolean, view: View): string[] {
  const { style } = view;
  const { failure, tags } = info;
  return [
    style.strong(safeText(exactPath(info))),
    ...(failure ? [style.bad(`${safeText(failure.message)} (${failure.code})`)] : []),
    ...section('File', fileRows(info), view),
    ...section('Sound', soundRows(info), view),
    ...section('Tags', tags ? commonRows(tags.common, tags.cover) : [], view),
    ...conflictLines(info, view),
    ...(withNative ? nativeLines(info, view) : []),
    ...relationLines(info, view),
    ...importedLines(info, view),
  ];
}

function fileRows({ sizeBytes, modified, inCatalogue, lookedUp, contentHash }: FileInfo): Row[] {
  return [
    ['Size', `${sizeText(sizeBytes)} (${counted(sizeBytes, 'byte')})`],
    ['Changed', modified],
    ['Catalogue', inCatalogue ? 'knows it' : 'does not know it as it is now; read for this once'],
    ...(lookedUp ? [['Looked up', lookedUpText(lookedUp)] as const] : []),
    ['Content hash', contentHash ?? 'not known'],
  ];
}

function lookedUpText({ sounds, compared }: NonNullable<FileInfo['lookedUp']>): string {
  const among = `among ${counted(sounds, 'sound')} of the library`;
  if (compared === 0) return `${among}; none shares enough notes`;
  return `${among}; the nearest ${compared === 1 ? 'one was' : `${compared} were`} compared just now`;
}

function soundRows({ sound, fingerprint }: FileInfo): Row[] {
  if (!sound) return [];
  const { stream, integrity, levels } = sound;
  return [
    ['Quality', sound.quality],
    [
      'Stream',
      `${stream.codec} in ${stream.container}, ${counted(stream.channels, 'channel')}, ${stream.sampleRateHz} Hz`,
    ],
    ...(sound.source ? [['Source', sourceText(sound.source)] as const] : []),
    ['Duration', `${clockText(sound.durationSeconds)}${declared(stream.declaredSeconds)}`],
    ['Whole', wholeness(integrity)],
    ['Level', `peak ${decibels(levels.peak)}, mean ${decibels(levels.rms)}, ${clipping(levels.clippedSamples)}`],
    ['Audio hash', sound.audioHash],
    ...(sound.sampleHash ? [['Sample hash', sound.sampleHash] as const] : []),
    ['Fingerprint', fingerprintText(fingerprint, sound.fingerprintItems)],
    ['Made by', safeText(sound.producer)],
  ];
}

function sourceText({ wall, madeFrom, endsBelowItsRate, used }: NonNullable<SourceOf>): string {
  const band = wall
    ? `band ends at ${(wall.hz / 1000).toFixed(1)} kHz with a fall of ${wall.depthDb} dB`
    : 'no sudden end of its band';
  const made = madeFrom ? `; its samples lie on the grid of ${codecName(madeFrom)}, which it was made from` : '';
  const below = endsBelowItsRate ? '; its rate would have kept more, so it may have been lossy twice' : '';
  const resolution = used ? `; uses ${used.bits} bit / ${rateText(used.rateHz)}` : '';
  return `${band}${made}${below}${resolution}`;
}

type SourceOf = NonNullable<FileInfo['sound']>['source'];

function declared(seconds: number | null): string {
  return seconds === null ? '' : `, declared ${clockText(seconds)}`;
}

function wholeness({ errors, checksumHolds, complaints }: NonNullable<FileInfo['sound']>['integrity']): string {
  const checksum = checksumHolds === null ? 'no checksum' : checksumHolds ? 'checksum holds' : 'checksum is wrong';
  return [`${counted(errors, 'decoder error')}, ${checksum}`, ...complaints.map(safeText)].join('; ');
}

function clipping(samples: number): string {
  return samples === 0 ? 'no clipping' : `${counted(samples, 'clipped sample')}`;
}

function decibels(level: number): string {
  return level > 0 ? `${(20 * Math.log10(level)).toFixed(1)} dB` : 'silent';
}

function fingerprintText(fingerprint: string | null, items: number | null): string {
  if (fingerprint === null) return 'none, the sound is too short';
  const length = items === null ? '' : `${counted(items, 'item')}, `;
  return `${length}${fingerprint.slice(0, 24)}… (whole with --json)`;
}

function commonRows(common: CommonTags, cover: NonNullable<FileInfo['tags']>['cover']): Row[] {
  const rows = Object.entries(common)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]): Row => [fieldText(field), safeText(valueText(value))]);
  return [...rows, ['Cover', cover ? `${cover.mime}, ${sizeText(cover.sizeBytes)}` : 'none']];
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${valueText(part)}`)
    .join(', ');
}

/** `albumArtist` → `Album artist`. */
function fieldText(field: string): string {
  if (field === 'isrc') return 'ISRC';
  const words = field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function conflictLines({ tags }: FileInfo, { style }: View): string[] {
  if (!tags || tags.conflicts.length === 0) return [];
  const rows = tags.conflicts.flatMap(({ field, values }) =>
    values.map(({ block, value }, index) => [index === 0 ? fieldText(field) : '', block, safeText(value)]),
  );
  return [
    '',
    style.warning('Tag blocks that disagree'),
    ...alignColumns(rows, [{}, {}, {}]).map((line) => `  ${line}`),
  ];
}

function nativeLines({ tags }: FileInfo, { style }: View): string[] {
  return (tags?.native ?? []).flatMap(({ type, tags: list }) => [
    '',
    style.strong(`As written in ${type}`),
    ...alignColumns(
      list.map(({ id, value }) => [safeText(id), safeText(value)]),
      [{}, {}],
    ).map((line) => `  ${line}`),
  ]);
}

function relationLines({ relations }: FileInfo, { style, base }: View): string[] {
  if (relations.length === 0) return [];
  const rows = relations.map((related) => [
    relationText(related.relation),
    related.similarity === null ? '' : percentText(related.similarity),
    shownPath(exactPath(related), base),
    style.faint(safeText(related.reasons[0] ?? '')),
  ]);
  const columns = [{}, { side: 'right' }, {}, {}] as const;
  return ['', style.strong('Related files'), ...alignColumns(rows, columns).map((line) => `  ${line}`)];
}

/** Likeness as others counted it, which is about 50 % for sounds that have nothing to do with each other. */
function importedLines({ imported: { total, strongest } }: FileInfo, { style, base }: View): string[] {
  if (total === 0) return [];
  const rows = strongest.map(({ path, value, tool, method, source }) => [
    `${toolText(tool)} said ${value.toFixed(2)}`,
    shownPath(path, base),
    style.faint(`${safeText(method ?? '')}${method === null ? '' : ', '}${shownPath(source, base)}`),
  ]);
  const more = total - strongest.length;
  return [
    '',
    style.strong('What other programs said (no verdict)'),
    ...alignColumns(rows, [{}, {}, {}]).map((line) => `  ${line}`),
    ...(more > 0 ? [style.faint(`  and ${counted(more, 'pair')} less alike`)] : []),
  ];
}

function section(title: string, rows: readonly Row[], { style }: View): string[] {
  return rows.length === 0 ? [] : ['', style.strong(title), ...terms(rows, style.faint).map((line) => `  ${line}`)];
}

function terms(rows: readonly Row[], paint: (text: string) => string): string[] {
  return alignColumns(
    rows.map(([term, value]) => [paint(term), value]),
    [{}, {}],
  );
}
