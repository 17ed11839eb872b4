/** What a person typed, as what the product understands. */
import { absolutePath } from '#config';
import { AppError, type BytePath } from '#kernel';
import type { CommandContext } from './context.ts';

/** Absolute paths; relative ones start in the working folder. `~` is the shell's business and stays as it is. */
export function pathsOf(context: CommandContext, words: readonly string[]): BytePath[] {
  const { workingFolder } = context.surroundings.machine();
  return words.map((word) => {
    const literal = word.startsWith('~') ? `./${word}` : word;
    return absolutePath(literal, { folder: workingFolder, homeFolder: '/' }) as BytePath;
  });
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** `500000`, `20MB`, `1.5 GiB`. @throws AppError `usage/bad-value` */
export function bytesOfSize(option: string, text: string): number {
  const [, figure, unit = ''] = /^([\d.]+)\s*([kmgt]?i?)b?$/i.exec(text.trim()) ?? [];
  const bytes = Number(figure) * (FACTORS[unit.toLowerCase()] ?? Number.NaN);
  if (Number.isFinite(bytes)) return bytes;
  throw new AppError('usage/bad-value', `--${option} must be a size, not "${text}".`, {
    kind: 'usage',
    hint: 'Write 500000, 20MB or 1GiB.',
  });
}

/** A whole number. @throws AppError `usage/bad-value` */
export function countOf(option: string, text: string, [min, max]: readonly [min: number, max: number]): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= min && count <= max) return count;
  throw new AppError('usage/bad-value', `--${option} must be a whole number from ${min} to ${max}, not "${text}".`, {
    kind: 'usage',
  });
}

/** `0.5`, `2`. @throws AppError `usage/bad-value` */
export function secondsOf(option: string, text: string, max: number): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= max) return Number(text);
  throw new AppError('usage/bad-value', `--${option} must be a number of seconds up to ${max}, not "${text}".`, {
    kind: 'usage',
  });
}
