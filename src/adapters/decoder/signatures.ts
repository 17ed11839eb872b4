/** What a file is by its first bytes: enough to say in words why something is not a sound. */
export interface Signature {
  /** As people call it, with its article: "an Ogg file", "a ZIP archive". */
  readonly words: string;
  /** Lower-case container name for sounds; `null` for everything else. */
  readonly container: string | null;
}

type Rule = readonly [
  at: number,
  bytes: string,
  words: string,
  container: string | null,
  more?: readonly [number, string],
];

// Bytes as Latin-1 text. Where two rules fit, the first wins.
const RULES: readonly Rule[] = [
  [0, 'fLaC', 'a FLAC file', 'flac'],
  [0, 'OggS', 'an Ogg file', 'ogg'],
  [0, 'RIFF', 'a WAV file', 'wav', [8, 'WAVE']],
  [0, 'RF64', 'a WAV file', 'wav'],
  [0, 'BW64', 'a WAV file', 'wav'],
  [0, 'RIFF', 'an AVI file', 'avi', [8, 'AVI ']],
  [0, 'riff\x2e\x91\xcf\x11', 'a Wave64 file', 'w64'],
  [0, 'FORM', 'an AIFF file', 'aiff', [8, 'AIF']],
  [0, '\x1a\x45\xdf\xa3', 'a Matroska file', 'matroska'],
  [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'a Windows Media file', 'asf'],
  [0, 'wvpk', 'a WavPack file', 'wv'],
  [0, 'TTA1', 'a TTA file', 'tta'],
  [0, 'MAC ', "a Monkey's Audio file", 'ape'],
  [0, 'MP+', 'a Musepack file', 'mpc'],
  [0, 'MPCK', 'a Musepack file', 'mpc'],
  [0, 'tBaK', 'a TAK file', 'tak'],
  [0, 'caff', 'a CAF file', 'caf'],
  [0, '.snd', 'an AU file', 'au'],
  [0, 'DSD ', 'a DSF file', 'dsf'],
  [0, 'FRM8', 'a DSDIFF file', 'iff'],
  [0, 'FLV\x01', 'a Flash video', 'flv'],
  [4, 'ftyp', 'an MP4 file', 'mp4'],
  [4, 'moov', 'an MP4 file', 'mp4'],
  [4, 'mdat', 'an MP4 file', 'mp4'],
  [0, 'PK\x03\x04', 'a ZIP archive', null],
  [0, 'Rar!', 'a RAR archive', null],
  [0, "7z\xbc\xaf'", 'a 7z archive', null],
  [0, '\x1f\x8b', 'gzip data', null],
  [0, '%PDF', 'a PDF document', null],
  [0, '\x89PNG', 'a PNG image', null],
  [0, '\xff\xd8\xff', 'a JPEG image', null],
  [0, 'GIF8', 'a GIF image', null],
  [0, '\x7fELF', 'a program', null],
  [0, 'SQLite format 3', 'a database', null],
];

/** No rule looks further. */
const RULE_BYTES = 32;

/** The signature that fits the first bytes of a file, or `undefined`. */
export function signatureOf(head: Buffer): Signature | undefined {
  const start = head.toString('latin1', 0, RULE_BYTES);
  const has = (at: number, bytes: string): boolean => start.startsWith(bytes, at);
  const rule = RULES.find(([at, bytes, , , more]) => has(at, bytes) && (more === undefined || has(...more)));
  if (rule) return { words: rule[2], container: rule[3] };
  return textual(head);
}

function textual(head: Buffer): Signature | undefined {
  if (head.length === 0) return undefined;
  if (head.every((byte) => byte === 0)) return { words: 'nothing but zeros', container: null };
  const start = head.toString('latin1', 0, 512).trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return { words: 'a web page', container: null };
  const isText = head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
  return isText ? { words: 'plain text', container: null } : undefined;
}

/** Tags before the sound. */
const ID3 = 'ID3';

/** What a file is by its first bytes alone: a sound, something else for certain, or what only its name can tell. */
export function lookOf(head: Buffer): 'sound' | 'other' | 'unclear' {
  if (head.toString('latin1', 0, ID3.length) === ID3) return 'sound';
  // Bare frames of MPEG audio begin so, and now and then other things.
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) return 'unclear';
  const signature = signatureOf(head);
  if (signature === undefined) return 'unclear';
  return signature.container === null ? 'other' : 'sound';
}
