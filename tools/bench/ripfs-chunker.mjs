// How ripfs cuts a file: a Rabin fingerprint over a window of 64 bytes, modulo a fixed irreducible polynomial of degree
// 53, with the sizes of restic's chunker, whose results it shares. The digest is held as two words, because its shifted
// form needs 61 bits. This is our own writing after a description of the method; `ripfs-odds.mjs` checks it.
/** @see https://github.com/restic/chunker, where the published vectors stand. */
const POLYNOMIAL = 0x3da3358b4dc173n;
const DEGREE = 53n;
const WINDOW = 64;
const MIN_BYTES = 512 * 1024;
const MAX_BYTES = 8 * 2 ** 20;
/** A cut is where these bits of the digest are 0: every 1 MiB after the minimum, on average. */
const CUT_MASK = 2 ** 20 - 1;

/** The remainder of a polynomial over GF(2). */
function remainder(value) {
  let rest = value;
  for (let bit = BigInt(rest.toString(2).length) - 1n; bit >= DEGREE; bit--) {
    if ((rest >> bit) & 1n) rest ^= POLYNOMIAL << (bit - DEGREE);
  }
  return rest;
}

/** A table of 256 digests as low and high words. */
function tableOf(digestOf) {
  const digests = Array.from({ length: 256 }, (_, byte) => digestOf(BigInt(byte)));
  return {
    low: Int32Array.from(digests, (digest) => Number(BigInt.asIntN(32, digest))),
    high: Int32Array.from(digests, (digest) => Number(digest >> 32n)),
  };
}

/** What a byte adds when it has reached the end of the window. */
const OUT = tableOf((byte) => remainder(byte << BigInt(8 * (WINDOW - 1))));
/** What brings a digest back below the degree after it was shifted by a byte. */
const MOD = tableOf((byte) => remainder(byte << DEGREE) | (byte << DEGREE));

/** The digest of the window that ends at `end`, worked out the long way. */
export const digestAt = (bytes, end) => remainder(BigInt(`0x${bytes.toString('hex', end - WINDOW, end)}`));

/** Where the chunk that begins at `start` ends. */
function nextCut(bytes, start) {
  const first = start + MIN_BYTES;
  if (first >= bytes.length) return bytes.length;
  const { low: outLow, high: outHigh } = OUT;
  const { low: modLow, high: modHigh } = MOD;
  const limit = Math.min(bytes.length, start + MAX_BYTES);
  const digest = digestAt(bytes, first);
  let low = Number(BigInt.asIntN(32, digest));
  let high = Number(digest >> 32n);
  for (let at = first; at < limit; at++) {
    if ((low & CUT_MASK) === 0) return at;
    const leaving = bytes[at - WINDOW];
    low ^= outLow[leaving];
    high ^= outHigh[leaving];
    const carried = high >>> 13;
    high = ((high << 8) | (low >>> 24)) ^ modHigh[carried];
    low = ((low << 8) | bytes[at]) ^ modLow[carried];
  }
  return limit;
}

/** The ends of all chunks, in order. */
export function* cutsOf(bytes) {
  for (let at = 0; at < bytes.length; ) {
    at = nextCut(bytes, at);
    yield at;
  }
}
