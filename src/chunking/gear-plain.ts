/** The twin of the kernel in `gear.ts`, in plain TypeScript, which the tests hold it against. */
import type { ChunkSizes } from './chunk-sizes.ts';
import { cutLimit, type Gear, KEY_BYTES } from './gear.ts';
import { GEAR_TABLE } from './gear-table.ts';

export function createPlainGear(sizes: ChunkSizes, windowBytes: number, otherBytes: number): Gear {
  const window = new Uint8Array(windowBytes);
  const other = new Uint8Array(otherBytes);
  const limit = cutLimit(sizes);
  const hashBefore = (at: number): bigint =>
    window.subarray(at - KEY_BYTES, at).reduce((hash, byte) => roll(hash, byte), 0n);
  return {
    window,
    other,
    nextCut(start, end) {
      if (end - start < sizes.least) return -1;
      let at = start + sizes.least;
      let hash = hashBefore(at);
      for (; ; at++) {
        if (hash < limit || at - start === sizes.most) return at;
        if (at === end) return -1;
        hash = roll(hash, window[at]!);
      }
    },
    keyAt: (at) => Number(BigInt.asUintN(48, hashBefore(at))),
    agreeForward(at, otherAt, most) {
      let n = 0;
      while (n < most && window[at + n] === other[otherAt + n]) n++;
      return n;
    },
    agreeBackward(at, otherAt, most) {
      let n = 0;
      while (n < most && window[at - n - 1] === other[otherAt - n - 1]) n++;
      return n;
    },
  };
}

function roll(hash: bigint, byte: number): bigint {
  return BigInt.asUintN(64, (hash << 1n) + GEAR_TABLE[byte]!);
}
