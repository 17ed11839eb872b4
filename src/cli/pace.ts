/** How a run that acts upon files goes about it; each `undefined` where nothing was said. */
import { type CommandContext, optionValues } from './context.ts';
import { countOf, secondsOf } from './operands.ts';

const MOST_THREADS = 256;
const MOST_RETRIES = 100;
const LONGEST_RETRY_DELAY_SECONDS = 3600;

/** How many files at once. @throws AppError `usage/bad-value` */
export function threadsOf(context: CommandContext): number | undefined {
  return given(context, 'threads', (text) => countOf('threads', text, [1, MOST_THREADS]));
}

/** How often what fails in passing is tried again. @throws AppError `usage/bad-value` */
export function retriesOf(context: CommandContext): number | undefined {
  return given(context, 'retries', (text) => countOf('retries', text, [0, MOST_RETRIES]));
}

/** Seconds before the first try again. @throws AppError `usage/bad-value` */
export function retryDelayOf(context: CommandContext): number | undefined {
  return given(context, 'retry-delay', (text) => secondsOf('retry-delay', text, LONGEST_RETRY_DELAY_SECONDS));
}

function given(context: CommandContext, name: string, read: (text: string) => number): number | undefined {
  const text = optionValues(context, name).at(-1);
  return text === undefined ? undefined : read(text);
}
