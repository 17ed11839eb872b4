/**
 * Bytes in which pages of Ogg are looked for and checksummed, in WebAssembly: about 7 GB/s for a page of 8 KB.
 * Deterministic. Memory grows to what is asked for, and is not given back.
 */
import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/ogg-window.generated.ts';

export interface OggWindow {
  /** All the room, the caller's to fill. Another array after `makeRoom`. */
  readonly bytes: Uint8Array;
  /** Makes room for so many bytes at least. What is there stays. */
  makeRoom(bytes: number): void;
  /** Where in [start, end) "OggS" stands first, or begins and is cut by `end`; `end` if nowhere. */
  find(start: number, end: number): number;
  /** The checksum of Ogg over [start, end), which is not empty: a page whose own checksum is zero. */
  checksum(start: number, end: number): number;
}

/** A window in reserve: making one takes as long as masking a megabyte. */
export interface SpareWindow {
  /** The window in reserve, or a new one. */
  take(): OggWindow;
  /** Takes one in reserve, whose content is nobody's any more. */
  giveBack(window: OggWindow): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(): void;
  windowAt(): number;
  find(from: number, end: number): number;
  checksum(from: number, length: number): number;
}

const PAGE_BYTES = 65_536;
/** The kernel reads so far beyond the end of what it searches. */
const READ_BEYOND = 16;

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** @param room bytes that a new window has room for */
export function createSpareWindow(room: number): SpareWindow {
  let spare: OggWindow | undefined;
  return {
    take() {
      const window = spare ?? createOggWindow(room);
      spare = undefined;
      return window;
    },
    giveBack(window) {
      spare = window;
    },
  };
}

/** Makes a window with room for so many bytes. Its tables take 10 KB and half a millisecond. */
export function createOggWindow(room: number): OggWindow {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  kernel.prepare();
  const base = kernel.windowAt();
  let bytes = new Uint8Array(0);

  function makeRoom(wanted: number): void {
    if (wanted <= bytes.length) return;
    const { memory } = kernel;
    memory.grow(Math.ceil((base + wanted + READ_BEYOND - memory.buffer.byteLength) / PAGE_BYTES));
    bytes = new Uint8Array(memory.buffer, base, memory.buffer.byteLength - base - READ_BEYOND);
  }

  makeRoom(room);
  return {
    get bytes() {
      return bytes;
    },
    makeRoom,
    find: (start, end) => kernel.find(base + start, base + end) - base,
    checksum: (start, end) => kernel.checksum(base + start, end - start) >>> 0,
  };
}
