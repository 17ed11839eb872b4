/** What is known of codings and containers, in FFmpeg's vocabulary. */

// Audio and audio-carrying containers. Everything else (playlists, images, subtitles, text, module music)
// is refused at the door: several of those demuxers open further files or see sound in anything.
const DEMUXERS = (
  'mp3,flac,ogg,mov,mp4,aac,matroska,webm,wav,w64,aiff,au,caf,asf,wv,tta,ape,mpc,mpc8,ac3,eac3,dts,dtshd,truehd,mlp,' +
  'amr,amrnb,amrwb,avi,flv,mpegts,mpeg,loas,tak,dsf,iff,shn,voc,sox,ircam,xwma,rm,oma,aea,adx,qcp,bonk,sbc,nut,' +
  'nistsphere,avr,pvf,epaf,wsd,osq,laf,apm,g722,wve'
).split(',');

/** Demuxers that may be used, as FFmpeg's `format_whitelist`. */
export const FORMAT_WHITELIST: string = DEMUXERS.join(',');

/** Containers without a signature: found by guessing, so that guesses need more proof. */
const GUESSED = new Set([
  'mp3',
  'aac',
  'ac3',
  'eac3',
  'dts',
  'mlp',
  'truehd',
  'loas',
  'mpegts',
  'mpeg',
  'g722',
  'sbc',
  'adx',
  'shn',
]);

/** Containers whose length FFmpeg estimates from the bit rate, so that it is no promise. */
const WITHOUT_LENGTH = new Set([
  'mp3',
  'aac',
  'ac3',
  'eac3',
  'dts',
  'mlp',
  'truehd',
  'loas',
  'mpegts',
  'mpeg',
  'amr',
  'g722',
  'sbc',
]);

const LOSSLESS = new Set('flac alac wavpack tta ape mlp truehd tak shorten als wmalossless ralf osq bonk'.split(' '));
const LOSSY_PCM = new Set(['pcm_mulaw', 'pcm_alaw', 'pcm_vidc']);

/** Must a sound in this container prove itself by frames that decode? */
export function isGuessed(container: string): boolean {
  return GUESSED.has(container);
}

/** Does the container write down how long its sound is? */
export function declaresLength(container: string): boolean {
  return !WITHOUT_LENGTH.has(container);
}

/** Does the coding give back the samples that went in? `firstPacket` tells hybrid WavPack apart. */
export function isLosslessCoding(codec: string, firstPacket: Uint8Array | undefined): boolean {
  if (codec === 'wavpack') return !isHybridWavPack(firstPacket);
  return LOSSLESS.has(codec) || (codec.startsWith('pcm_') && !LOSSY_PCM.has(codec));
}

// Flags at byte 24 of a WavPack block; bit 3 says hybrid. @see https://www.wavpack.com/WavPack5FileFormat.pdf
function isHybridWavPack(block: Uint8Array | undefined): boolean {
  return block !== undefined && block.length > 27 && ((block[24] as number) & 8) !== 0;
}

/** Our name of FFmpeg's demuxer, told apart further by the file's first bytes. */
export function containerName(demuxer: string, head: Buffer): string {
  const first = demuxer.split(',')[0] as string;
  if (first === 'mov') return 'mp4';
  if (first === 'mpc8') return 'mpc';
  if (first === 'matroska') return head.subarray(0, 64).includes('webm') ? 'webm' : 'matroska';
  return first;
}
