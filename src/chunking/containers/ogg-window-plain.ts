/** The twin of the kernel in `ogg-window.ts`, in plain TypeScript, which the tests hold it against. */
import type { OggWindow } from './ogg-window.ts';

const CAPTURE = [0x4f, 0x67, 0x67, 0x53];

export function createPlainOggWindow(room: number): OggWindow {
  let bytes = new Uint8Array(room);
  return {
    get bytes() {
      return bytes;
    },
    makeRoom(wanted) {
      if (wanted <= bytes.length) return;
      const wider = new Uint8Array(wanted);
      wider.set(bytes);
      bytes = wider;
    },
    find(start, end) {
      let at = start;
      while (at < end && !CAPTURE.every((byte, i) => at + i >= end || bytes[at + i] === byte)) at++;
      return at;
    },
    checksum(start, end) {
      let sum = 0;
      for (let at = start; at < end; at++) sum = ((sum << 8) ^ REMAINDERS[(sum >>> 24) ^ bytes[at]!]!) >>> 0;
      return sum;
    },
  };
}

const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum;
});
