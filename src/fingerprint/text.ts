/** The text form that AcoustID and fpcalc exchange: the compressed bytes as URL-safe base64 without padding. */
import { AppError, base64Of, bytesOfBase64 } from '#kernel';
import { compressFingerprint, type DecompressedFingerprint, decompressFingerprint } from './compress.ts';

/** The text that `fpcalc` prints for these items. */
export function encodeFingerprintText(items: Uint32Array): string {
  return base64Of(compressFingerprint(items)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Undoes {@link encodeFingerprintText}, for any algorithm.
 * @throws AppError `fingerprint/corrupt` on anything else.
 */
export function decodeFingerprintText(text: string): DecompressedFingerprint {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) {
    throw new AppError('fingerprint/corrupt', 'The fingerprint is not URL-safe base64.', {
      kind: 'corrupt',
      hint: 'Give the text after FINGERPRINT= in the output of fpcalc, without -raw.',
    });
  }
  return decompressFingerprint(bytesOfBase64(text.replaceAll('-', '+').replaceAll('_', '/')));
}
