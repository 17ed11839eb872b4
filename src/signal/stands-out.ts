/** Does one place of a grid explain what is counted? */

/**
 * The best place must have more than the second best, by so many deviations of a count and some more. Genuine files were
 * seen with 1.3 deviations, MP3 up to 256 kbit/s with 7 and more. Measured with tools/fakes.mjs.
 */
const DEVIATIONS = 6;
const MARGIN = 20;

/** @param counts by place; what is counted at wrong places is chance */
export function standsOut(counts: Uint32Array): boolean {
  let [best, second] = [0, 0];
  for (const count of counts) {
    if (count > best) [best, second] = [count, best];
    else if (count > second) second = count;
  }
  return best - second >= DEVIATIONS * Math.sqrt(second) + MARGIN;
}
