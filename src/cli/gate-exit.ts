/** What `gate check` ends with; a public promise (docs/reference/cli.md). */
import type { GateWord } from '#gate';

const VERDICT_CODES: Readonly<Record<GateWord, number>> = {
  new: 0,
  unknown: 0,
  duplicate: 10,
  exact: 10,
  upgrade: 12,
  unreadable: 13,
  held: 14,
};
/** Of several files the first of these that occurs, after every error. */
const BY_WEIGHT = [13, 14, 12, 10, 0];

export function exitCodeOfVerdict(word: GateWord): number {
  return VERDICT_CODES[word];
}

/** The code for several files, each by its own. */
export function weightiestCode(codes: readonly number[]): number {
  const errors = codes.filter((code) => code !== 0 && !BY_WEIGHT.includes(code));
  if (errors.length > 0) return Math.min(...errors);
  return BY_WEIGHT.find((code) => codes.includes(code)) ?? 0;
}
