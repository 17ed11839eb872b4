/** What the agreement kernel counts, bit by bit. The reference that the kernel is held against. */
import { type AgreementKernel, ITEM_BITS, LAGS, TABLE_SIZE } from './agreement.ts';

export const plainAgreement: Omit<AgreementKernel, 'capacity'> = {
  differing: (a, b, first, end) =>
    Int32Array.from({ length: end - first }, (_, i) => {
      const [aFrom, bFrom] = [Math.max(0, first + i), Math.max(0, -first - i)];
      let bits = 0;
      for (let t = 0; aFrom + t < a.length && bFrom + t < b.length; t++) {
        for (let k = 0; k < ITEM_BITS; k++) bits += bitOf(a, aFrom + t, k) ^ bitOf(b, bFrom + t, k);
      }
      return bits;
    }),
  balance: (aSet, bSet, first, end) =>
    Int32Array.from({ length: end - first }, (_, i) => {
      const [aFrom, bFrom] = [Math.max(0, first + i), Math.max(0, -first - i)];
      const length = Math.min(aSet.length / ITEM_BITS - 1 - aFrom, bSet.length / ITEM_BITS - 1 - bFrom);
      let sum = 0;
      for (let k = 0; k < ITEM_BITS; k++) {
        const within = (set: Int32Array, from: number): number =>
          set[(from + length) * ITEM_BITS + k]! - set[from * ITEM_BITS + k]!;
        sum += (2 * within(aSet, aFrom) - length) * (2 * within(bSet, bFrom) - length);
      }
      return sum;
    }),
  lagged(items) {
    const counts = new Int32Array(TABLE_SIZE);
    for (let lag = 0; lag <= LAGS; lag++) {
      for (let k = 0; k < ITEM_BITS; k++) {
        for (let l = 0; l < ITEM_BITS; l++) {
          let bits = 0;
          for (let t = 0; t + lag < items.length; t++) bits += bitOf(items, t, k) ^ bitOf(items, t + lag, l);
          counts[(lag * ITEM_BITS + k) * ITEM_BITS + l] = bits;
        }
      }
    }
    return counts;
  },
  product: (a, b) => a.reduce((sum, figure, i) => sum + figure * b[i]!, 0),
};

function bitOf(items: Uint32Array, t: number, bit: number): number {
  return (items[t]! >>> bit) & 1;
}
