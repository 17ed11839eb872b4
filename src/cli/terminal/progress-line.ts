/** Shows where long work stands: a bar that is drawn over itself on a terminal, else a line now and then. */
import type { Progress, ProgressState } from '#kernel';
import type { Output } from '../surroundings.ts';
import { safeText } from './safe-text.ts';
import type { Style } from './style.ts';
import { countText, sizeText, spanText } from './units.ts';
import { cut, shorten, widthOf } from './width.ts';

export interface ProgressLine {
  readonly show: Progress;
  /** Takes the bar away, so that something else can be printed. It comes back with the next state. */
  clear(): void;
}

const REDRAW_MS = 100;
const REPEAT_MS = 5000;
/** Rates are means over this long, so that files that were only looked at do not count for long. */
const WINDOW_MS = 15_000;

interface Sample {
  readonly at: number;
  readonly items: number;
  readonly bytes: number;
}

export function createProgressLine(output: Output, style: Style, now: () => number): ProgressLine {
  // Elsewhere than on a terminal, what is done before the first pause is over needs no line.
  let shownAt = output.isTerminal ? Number.NEGATIVE_INFINITY : now();
  let stage = '';
  let drawn = false;
  let samples: Sample[] = [];

  const clear = (): void => {
    if (drawn) output.write('\r\u001b[2K');
    drawn = false;
  };
  const show = (state: ProgressState): void => {
    const at = now();
    const isNewStage = state.stage !== stage;
    if (isNewStage) [samples, stage] = [[sampleOf(state, at)], state.stage];
    const isDone = state.totalItems !== undefined && state.items >= state.totalItems;
    const pause = output.isTerminal ? REDRAW_MS : REPEAT_MS;
    if (at - shownAt < pause && !(output.isTerminal && isNewStage)) return;
    // On a terminal the full bar would only flash; elsewhere the summary that follows says it.
    if (isDone && !output.isTerminal && !isNewStage) return;
    samples = [...samples.filter((sample) => at - sample.at < WINDOW_MS), sampleOf(state, at)];
    shownAt = at;
    drawn = output.isTerminal;
    output.write(
      drawn ? `\r\u001b[2K${barLine(state, samples, style, output.columns() ?? 80)}` : `${plainLine(state, samples)}\n`,
    );
  };
  return { show, clear };
}

/** A line for a log: words, no bar. */
export function plainLine(state: ProgressState, samples: readonly Sample[]): string {
  const subject = state.subject ? ` ${safeText(state.subject)}` : '';
  return `${state.stage}${subject}: ${factsOf(state, samples).join(', ')}`;
}

/** One line of at most `columns` − 1 columns, so that no terminal wraps it; what has no room is left out. */
export function barLine(state: ProgressState, samples: readonly Sample[], style: Style, columns: number): string {
  const share = shareOf(state);
  const barColumns = share === undefined || columns < 60 ? 0 : columns < 110 ? 12 : 24;
  const subject = state.subject ? ` ${shorten(safeText(state.subject), Math.max(10, Math.floor(columns / 5)))}` : '';
  const title = `${state.stage}${subject}`;
  const room = columns - 1 - (barColumns === 0 ? 0 : barColumns + 1);
  const facts = factsOf(state, samples);
  while (facts.length > 1 && widthOf(`${title}  ${facts.join(' · ')}`) > room) facts.pop();
  const bar = barColumns === 0 ? '' : `${drawBar(share ?? 0, barColumns, style)} `;
  const text = cut(`${title}  ${facts.join(' · ')}`, room);
  return `${bar}${style.strong(text.slice(0, state.stage.length))}${text.slice(state.stage.length)}`;
}

function drawBar(share: number, columns: number, style: Style): string {
  const full = Math.floor(share * columns);
  return style.accent('━'.repeat(full)) + style.faint('─'.repeat(columns - full));
}

/** The most wanted first. */
function factsOf(state: ProgressState, samples: readonly Sample[]): string[] {
  const { items, totalItems, bytes, audioSeconds } = state;
  const facts = [totalItems === undefined ? countText(items) : `${countText(items)} of ${countText(totalItems)}`];
  const left = secondsLeft(state, samples);
  if (left !== undefined) facts.push(`${spanText(Math.ceil(left))} left`);
  const byteRate = rateOf(samples, 'bytes');
  const itemRate = rateOf(samples, 'items');
  if (byteRate > 0) facts.push(`${sizeText(Math.round(byteRate))}/s`);
  else if (itemRate > 0) facts.push(`${countText(itemRate)}/s`);
  if (bytes !== undefined) facts.push(sizeText(bytes));
  if (audioSeconds !== undefined && audioSeconds > 0) facts.push(`${spanText(audioSeconds)} of sound`);
  return facts;
}

function shareOf({ items, totalItems, bytes, totalBytes }: ProgressState): number | undefined {
  if (totalBytes !== undefined && bytes !== undefined && totalBytes > 0) return Math.min(1, bytes / totalBytes);
  if (totalItems !== undefined && totalItems > 0) return Math.min(1, items / totalItems);
  return undefined;
}

function secondsLeft(state: ProgressState, samples: readonly Sample[]): number | undefined {
  const { items, totalItems, bytes, totalBytes } = state;
  const byteRate = rateOf(samples, 'bytes');
  if (totalBytes !== undefined && bytes !== undefined && byteRate > 0) {
    return Math.max(0, totalBytes - bytes) / byteRate;
  }
  const itemRate = rateOf(samples, 'items');
  return totalItems !== undefined && itemRate > 0 ? Math.max(0, totalItems - items) / itemRate : undefined;
}

/** Per second over the window; 0 while there is too little to say. */
function rateOf(samples: readonly Sample[], figure: 'items' | 'bytes'): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < 1000) return 0;
  return Math.max(0, ((last[figure] - first[figure]) * 1000) / (last.at - first.at));
}

function sampleOf({ items, bytes }: ProgressState, at: number): Sample {
  return { at, items, bytes: bytes ?? 0 };
}
