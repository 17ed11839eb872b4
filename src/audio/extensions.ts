/** Which file names promise sound. A hint at most: what a file is, its bytes say. */

/** Codings that keep every sample: many bytes for each second of sound, so the disk is the limit. */
const SPACIOUS = [
  ...['flac', 'fla', 'alac', 'ape', 'mac', 'wv', 'tta', 'tak', 'shn', 'ofr', 'la'],
  ...['wav', 'wave', 'w64', 'rf64', 'bwf', 'aif', 'aiff', 'aifc', 'au', 'snd', 'caf', 'dsf', 'dff'],
];

/** Codings made for the ear: few bytes for each second of sound, so decoding is the limit. */
const COMPACT = [
  ...['mp3', 'mp2', 'mp1', 'mpa', 'mpga', 'aac', 'adts', 'm4a', 'm4b', 'm4r', 'm4p'],
  ...['ogg', 'oga', 'ogx', 'opus', 'spx', 'wma', 'mpc', 'mp+', 'mpp', 'ac3', 'eac3', 'dts', 'dtshd'],
  ...['amr', 'awb', 'gsm', 'ra', 'rm', 'mka', 'weba', '3ga', 'mlp', 'thd'],
];

/** Films and clips, which hold sound too. */
const VIDEO = [
  ...['mp4', 'm4v', 'mov', '3gp', '3g2', 'mkv', 'webm', 'ogv', 'ogm', 'avi', 'wmv', 'asf'],
  ...['flv', 'f4v', 'mpg', 'mpeg', 'mpe', 'vob', 'ts', 'm2ts', 'mts', 'rmvb', 'divx'],
];

/** Every file extension that a scan looks at unless it is told otherwise; lower case, without the dot. */
export const AUDIO_EXTENSIONS: readonly string[] = [...SPACIOUS, ...COMPACT, ...VIDEO];

const audio = new Set(AUDIO_EXTENSIONS);

/** Does the extension promise sound? In lower case, without the dot. */
export function isAudioExtension(extension: string): boolean {
  return audio.has(extension);
}

const spacious = new Set([...SPACIOUS, ...VIDEO]);

/** Is reading the file likely to cost more than decoding it? `extension` in lower case, without the dot. */
export function isSpacious(extension: string): boolean {
  return spacious.has(extension);
}
