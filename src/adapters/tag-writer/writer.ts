/**
 * Joins the sound of one file with the tags of another by their bytes: each container keeps the two apart, so that no tag
 * has to be understood to be kept. A library that writes tags would translate them (TagLib turns ID3v2.3 into 2.4), and
 * what players have written for themselves would not be what it was.
 */
import type { ByteSource, TagWriter } from '#filing';
import { AppError, displayPath } from '#kernel';
import { partBare } from './bare-stream.ts';
import { partFlac } from './flac.ts';
import { partIff } from './iff.ts';
import { partMp4 } from './mp4.ts';
import { partOgg } from './ogg.ts';
import { type Parted, unsupported } from './parted.ts';

/** Knows MP3, AAC, WavPack, True Audio, FLAC, Ogg Vorbis, Opus, MPEG-4, WAV and AIFF. */
export function createTagWriter(): TagWriter {
  return {
    graft(sound, tags) {
      const [own, other] = [parted(sound), parted(tags)];
      if (own.form !== other.form) throw otherContainer(sound, own, tags, other);
      return own.taking(tags);
    },
    soundOf: (file) => parted(file).sound(),
    tagsOf: (file) => parted(file).tags(),
  };
}

/** Those with a mark at their very start come first: anything can follow an ID3v2 block. */
const FORMS = [partOgg, partIff, partMp4, partFlac, partBare];

function parted(file: ByteSource): Parted {
  for (const part of FORMS) {
    const found = part(file);
    if (found !== undefined) return found;
  }
  throw unsupported(file, 'is of a container whose tags cannot be given to another file');
}

function otherContainer(sound: ByteSource, own: Parted, tags: ByteSource, other: Parted): AppError {
  const message = `${displayPath(sound.path)} is ${own.form} and ${displayPath(tags.path)} is ${other.form}, so it cannot take its place.`;
  return new AppError('swap/other-container', message, {
    kind: 'conflict',
    hint: 'Keep both, or decide between them by "reprise find".',
  });
}
