import { AppError } from '#kernel';
import type { Signature } from './signatures.ts';

/** Nothing in the file looks like a sound. */
export function notAudio(signature: Signature | undefined): AppError {
  const because = signature ? `it looks like ${signature.words}` : 'its bytes are of no known sound format';
  return new AppError('decode/not-audio', `The file is not a sound: ${because}.`, { kind: 'unsupported' });
}

/** No demuxer takes the file. */
export function unopenable(signature: Signature | undefined): AppError {
  if (!signature?.container) return notAudio(signature);
  return new AppError(
    'decode/broken',
    `The file looks like ${signature.words}, but its header or index is missing or broken.`,
    {
      kind: 'corrupt',
      hint: 'It was probably cut off or overwritten in part; take it from a backup.',
    },
  );
}

/** Everything went well and yet nothing can be heard. */
export function noSound(detail: string): AppError {
  return new AppError('decode/no-sound', `No sound came out of the file: ${detail}.`, { kind: 'corrupt' });
}

/** There is no decoder for the coding. */
export function unsupported(codec: string, decoder: string): AppError {
  return new AppError('decode/unsupported', `${decoder} has no decoder for the coding "${codec}".`, {
    kind: 'unsupported',
    hint: 'Run "reprise doctor" to see what can be decoded.',
  });
}

/** The sound would fill the memory. */
export function tooLong(hours: number): AppError {
  return new AppError('decode/too-long', `The sound is longer than ${hours} hours and so too long to be compared.`, {
    kind: 'unsupported',
  });
}

/** The sound is encrypted. */
export function locked(): AppError {
  return new AppError('decode/drm', 'The sound is encrypted by copy protection, so it cannot be decoded.', {
    kind: 'unsupported',
  });
}
