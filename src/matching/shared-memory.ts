/**
 * Memory that several threads work in at once. What is reserved lies at a fixed address and belongs to whoever reserved
 * it until the whole memory goes; nothing is ever given back, so reserve for good and use again.
 */

/** One thread's way into the memory. */
export interface SharedMemory {
  readonly memory: WebAssembly.Memory;
  /** The address of room for so many bytes, a multiple of 64 KiB, filled with zeros. @throws RangeError where there is none */
  reserve(bytes: number): number;
  /** Views, valid until anybody reserves the next time; the room itself stays. */
  bytes(address: number, length: number): Uint8Array;
  words(address: number, length: number): Uint32Array;
}

const PAGE = 2 ** 16;
/** 4 GiB, all that 32-bit addresses reach. Only what is reserved takes up room. */
const MOST_PAGES = 65_536;

/** A way into a memory of one's own, or one that was handed over. */
export function openSharedMemory(memory?: WebAssembly.Memory): SharedMemory {
  const shared = memory ?? new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  return {
    memory: shared,
    reserve: (bytes) => shared.grow(Math.ceil(bytes / PAGE)) * PAGE,
    bytes: (address, length) => new Uint8Array(shared.buffer, address, length),
    words: (address, length) => new Uint32Array(shared.buffer, address, length),
  };
}
