/**
 * Names the way in which pairs are found and judged. Verdicts are kept under it; a change that may alter verdicts
 * changes the name, and everything is judged anew.
 */
export const MATCH_METHOD = 'waveform-9';
