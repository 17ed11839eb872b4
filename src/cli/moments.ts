import { AppError } from '#kernel';

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `90m`, `2h`, `30d`, `4w` in milliseconds. @throws AppError `usage/bad-value` */
export function spanOf(option: string, text: string): number {
  const [, figure, unit = ''] = /^(\d+(?:\.\d+)?)\s*([mhdw])$/.exec(text.trim()) ?? [];
  if (figure !== undefined) return Number(figure) * (UNIT_MS[unit] as number);
  throw bad(option, text, 'a time span', 'Write 90m, 2h, 30d or 4w.');
}

/** A date, a date with a time, or how long ago, as milliseconds since 1970. @throws AppError `usage/bad-value` */
export function momentOf(option: string, text: string, now: number): number {
  if (/^\d+(\.\d+)?\s*[mhdw]$/.test(text.trim())) return now - spanOf(option, text);
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw bad(option, text, 'a moment', 'Write 2026-01-31, "2026-01-31 18:00", or how long ago: 90m, 2h, 3d.');
}

function bad(option: string, text: string, what: string, hint: string): AppError {
  return new AppError('usage/bad-value', `--${option} must be ${what}, not "${text}".`, { kind: 'usage', hint });
}
