// Whether our chunker cuts as ripfs and restic do. The published vector is random bytes of Go's math/rand, whose table of
// 607 numbers is not copied here: it is read from Go's source where that is installed (Debian: golang-1.19-src) or named
// in REPRISE_GO_RAND. Everywhere, zeros must be cut at the minimum, and bytes of our own as they were when the published
// vector held.
import { createCipheriv } from 'node:crypto';
import fs from 'node:fs';
import { cutsOf, digestAt } from './ripfs-chunker.mjs';

const MIB = 2 ** 20;
const PUBLISHED = {
  seed: 23,
  bytes: 32 * MIB,
  lengths: [2163460, 643703, 1528956, 1955808, 2222372],
  digests: [0x000b98d4cdf00000n, 0x000d4e8364d00000n, 0x0015a25c2ef00000n, 0x00102a8242e00000n, 0x00045da878000000n],
};
/** Of AES-128 in counter mode over zeros, key and counter 0. */
const OWN = {
  lengths: [1065747, 1351372, 2829364, 1532396, 1806164],
  digests: [0x1e6beb2200000n, 0x16ef4e9f200000n, 0x757bb73000000n, 0x1f9f8e2fb00000n, 0x1b59809d800000n],
};
const INT64_MASK = 2n ** 63n - 1n;

function goRandSource() {
  if (process.env.REPRISE_GO_RAND) return process.env.REPRISE_GO_RAND;
  return fs.globSync('/usr/{share,lib,local}/go*/src/math/rand/rng.go')[0];
}

/** What `rand.New(rand.NewSource(seed)).Uint32()` gives in Go, little-endian. */
function goRandom(source, seed, size) {
  const text = fs.readFileSync(source, 'utf8');
  const table = text.slice(text.indexOf('rngCooked [rngLen]int64')).match(/-?\d{6,}/g);
  let x = BigInt(seed);
  const next = () => {
    x = (48271n * x) % (2n ** 31n - 1n);
    return x;
  };
  for (let n = 0; n < 20; n++) next();
  const state = table.slice(0, 607).map((number) => {
    const seeded = (next() << 40n) ^ (next() << 20n) ^ next();
    return BigInt.asUintN(64, seeded ^ BigInt(number));
  });
  const bytes = Buffer.alloc(size);
  let [tap, feed] = [0, 607 - 273];
  for (let at = 0; at < size; at += 4) {
    tap = (tap + 606) % 607;
    feed = (feed + 606) % 607;
    state[feed] = BigInt.asUintN(64, state[feed] + state[tap]);
    bytes.writeUInt32LE(Number(BigInt.asUintN(32, (state[feed] & INT64_MASK) >> 31n)), at);
  }
  return bytes;
}

function holds(bytes, { lengths, digests }) {
  const cuts = cutsOf(bytes).take(lengths.length).toArray();
  return cuts.every((cut, n) => cut - (cuts[n - 1] ?? 0) === lengths[n] && digestAt(bytes, cut) === digests[n]);
}

/**
 * Throws when a vector does not hold; says whether the published one was among them.
 * @returns {boolean}
 */
export function checkVectors() {
  const zeros = cutsOf(Buffer.alloc(2 * MIB)).toArray();
  if (zeros.join() !== [1, 2, 3, 4].map((n) => (n * MIB) / 2).join()) {
    throw new Error(`zeros must be cut at the minimum, not at ${zeros}`);
  }
  const own = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(16 * MIB));
  if (!holds(own, OWN)) throw new Error('the chunker cuts otherwise than it did when the published vector held');
  const source = goRandSource();
  if (!source) return false;
  if (!holds(goRandom(source, PUBLISHED.seed, PUBLISHED.bytes), PUBLISHED)) {
    throw new Error("the chunker does not cut as restic's published vector says");
  }
  return true;
}
