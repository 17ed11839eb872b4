/**
 * The 256 words of 64 bits that a gear hash adds, one for each value of a byte. Part of the store's format: another
 * table cuts elsewhere and finds nothing that was indexed before.
 * @see Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014 (SplitMix64, started at 0)
 */
export const GEAR_TABLE: BigUint64Array = splitMix64(256);

function splitMix64(words: number): BigUint64Array {
  let state = 0n;
  return BigUint64Array.from({ length: words }, () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let word = state;
    word = BigInt.asUintN(64, (word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n);
    word = BigInt.asUintN(64, (word ^ (word >> 27n)) * 0x94d049bb133111ebn);
    return word ^ (word >> 31n);
  });
}
