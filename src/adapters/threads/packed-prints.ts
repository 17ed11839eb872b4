/** Fingerprints of many sounds in one block of bytes, which goes to a thread without being copied. */
import type { AskingSound } from '#catalogue';
import { invariant } from '#kernel';

/** Sound, then the bytes of four phases and of the altered questions. */
const HEAD = 6;

export function packPrints(sounds: readonly AskingSound[]): ArrayBuffer {
  const parts = sounds.flatMap(({ fingerprint, altered }) => [...fingerprint, altered]);
  const headWords = 1 + sounds.length * HEAD;
  const bytes = new Uint8Array(headWords * 4 + parts.reduce((sum, { length }) => sum + length, 0));
  const head = new Uint32Array(bytes.buffer, 0, headWords);
  head[0] = sounds.length;
  sounds.forEach(({ sound, fingerprint, altered }, i) => {
    head.set([sound, ...fingerprint.map(({ length }) => length), altered.length], 1 + i * HEAD);
  });
  let at = headWords * 4;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** The sounds one by one, as views into the block. */
export function* unpackPrints(block: ArrayBuffer): Generator<AskingSound> {
  const count = new Uint32Array(block, 0, 1)[0]!;
  const head = new Uint32Array(block, 4, count * HEAD);
  let at = 4 + head.byteLength;
  for (let i = 0; i < count; i++) {
    const [sound = 0, ...lengths] = head.subarray(i * HEAD, (i + 1) * HEAD);
    const [phase0, phase1, phase2, phase3, altered] = lengths.map((length) => {
      at += length;
      return new Uint8Array(block, at - length, length);
    });
    invariant(phase0 && phase1 && phase2 && phase3 && altered, 'a sound has four phases');
    yield { sound, fingerprint: [phase0, phase1, phase2, phase3], altered };
  }
}
