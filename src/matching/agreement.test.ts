import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/support/music.ts';
import { type AgreementKernel, createAgreementKernel, ITEM_BITS, setBefore, TABLE_SIZE } from './agreement.ts';
import { plainAgreement } from './agreement-plain.ts';

const kernel = createAgreementKernel(200);

function items(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  return Uint32Array.from({ length }, () => random() * 2 ** 32);
}

type Counting = Omit<AgreementKernel, 'capacity'>;
const both = <T>(count: (counting: Counting) => T): [T, T] => [count(plainAgreement), count(kernel)];

describe('the kernel counts as the plain twin does', () => {
  it.each([
    [200, 200],
    [1, 1],
    [65, 130],
    [199, 3],
  ])('at every offset of %i and %i items', (aLength, bLength) => {
    const [a, b] = [items(1, aLength), items(2, bLength)];
    const [first, end] = [1 - bLength, aLength];
    const [plain, fast] = both((counting) => Array.from(counting.differing(a, b, first, end)));
    expect(fast).toEqual(plain);
    const sets = [setBefore(a), setBefore(b)] as const;
    const [plainBalance, fastBalance] = both((counting) => Array.from(counting.balance(...sets, first, end)));
    expect(fastBalance).toEqual(plainBalance);
  });

  it.each([1, 48, 63, 64, 65, 129, 200])('at every lag of %i items, also after longer ones', (length) => {
    kernel.lagged(items(3, 200));
    const [plain, fast] = both((counting) => Array.from(counting.lagged(items(4, length))));
    expect(fast).toEqual(plain);
  });

  it('when it multiplies tables', () => {
    const random = createRandom(5);
    const [a, b] = [1, 2].map(() => Float32Array.from({ length: TABLE_SIZE }, () => random() - 0.3));
    const [plain, fast] = both((counting) => counting.product(a as Float32Array, b as Float32Array));
    expect(fast).toBeCloseTo(plain, 1);
  });
});

it('counts what is set before each place', () => {
  const counts = setBefore(Uint32Array.of(0b101, 0b100));
  expect(Array.from(counts.subarray(0, 3))).toEqual([0, 0, 0]);
  expect(Array.from(counts.subarray(2 * ITEM_BITS, 2 * ITEM_BITS + 3))).toEqual([1, 0, 2]);
});
