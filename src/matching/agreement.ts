import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/agreement.generated.ts';

/** Bits in an item. */
export const ITEM_BITS = 32;
/** Lags up to which bits of one fingerprint are compared with each other, in items: 6 s. */
export const LAGS = 48;
/** Figures in a table by lag 0 … {@link LAGS}, earlier bit, later bit. */
export const TABLE_SIZE: number = (LAGS + 1) * ITEM_BITS * ITEM_BITS;

/** Counts bits that differ, in WebAssembly. The arrays that it gives are its own and valid until its next call. */
export interface AgreementKernel {
  /** Items that one call takes at most, a side. */
  readonly capacity: number;
  /**
   * For each offset in [first, end): bits that differ between a's items from max(0, offset) on and b's from
   * max(0, −offset) on. At least one item must overlap, and there are at most twice as many offsets as `capacity`.
   */
  differing(a: Uint32Array, b: Uint32Array, first: number, end: number): Int32Array;
  /**
   * For the same offsets: the sum over bits of (items of a with the bit set − without) × (the same of b) within the
   * overlap. Given are the counts {@link setBefore} of both.
   */
  balance(aSet: Int32Array, bSet: Int32Array, first: number, end: number): Int32Array;
  /** By lag, bit k and bit l: in how many items t does bit k of t differ from bit l of t + lag? Bit 0 is the lowest. */
  lagged(items: Uint32Array): Int32Array;
  /** The sum of products of two tables of {@link TABLE_SIZE} figures. */
  product(a: Float32Array, b: Float32Array): number;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(items: number, lags: number): void;
  aItemsAt(): number;
  bItemsAt(): number;
  aSetAt(): number;
  bSetAt(): number;
  countsAt(): number;
  lagCountsAt(): number;
  aTableAt(): number;
  bTableAt(): number;
  differing(aLength: number, bLength: number, first: number, end: number): void;
  balance(aLength: number, bLength: number, first: number, end: number): void;
  lagged(length: number, lags: number): void;
  product(length: number): number;
}

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** Makes a kernel for up to `capacity` items a side. */
export function createAgreementKernel(capacity: number): AgreementKernel {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  kernel.prepare(capacity, LAGS);
  const { buffer } = kernel.memory;
  const aItems = new Uint32Array(buffer, kernel.aItemsAt(), capacity);
  const bItems = new Uint32Array(buffer, kernel.bItemsAt(), capacity);
  const aCounts = new Int32Array(buffer, kernel.aSetAt(), (capacity + 1) * ITEM_BITS);
  const bCounts = new Int32Array(buffer, kernel.bSetAt(), (capacity + 1) * ITEM_BITS);
  const counts = new Int32Array(buffer, kernel.countsAt(), 2 * capacity);
  const lagCounts = new Int32Array(buffer, kernel.lagCountsAt(), TABLE_SIZE);
  const aTable = new Float32Array(buffer, kernel.aTableAt(), TABLE_SIZE);
  const bTable = new Float32Array(buffer, kernel.bTableAt(), TABLE_SIZE);
  return {
    capacity,
    differing(a, b, first, end) {
      aItems.set(a);
      bItems.set(b);
      kernel.differing(a.length, b.length, first, end);
      return counts.subarray(0, end - first);
    },
    balance(aSet, bSet, first, end) {
      aCounts.set(aSet);
      bCounts.set(bSet);
      kernel.balance(aSet.length / ITEM_BITS - 1, bSet.length / ITEM_BITS - 1, first, end);
      return counts.subarray(0, end - first);
    },
    lagged(items) {
      aItems.set(items);
      kernel.lagged(items.length, LAGS);
      return lagCounts;
    },
    product(a, b) {
      aTable.set(a);
      bTable.set(b);
      return kernel.product(TABLE_SIZE);
    },
  };
}

/** By position 0 … `items.length` and bit: how many items before the position have the bit set. */
export function setBefore(items: Uint32Array): Int32Array {
  const counts = new Int32Array((items.length + 1) * ITEM_BITS);
  for (let t = 0, at = 0; t < items.length; t++) {
    for (let k = 0; k < ITEM_BITS; k++, at++) counts[at + ITEM_BITS] = counts[at]! + ((items[t]! >>> k) & 1);
  }
  return counts;
}
