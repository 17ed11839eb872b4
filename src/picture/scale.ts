/** From values to places: linear scales, and round values to write beside them. */

export interface Scale {
  /** Values at both ends. */
  readonly domain: readonly [from: number, to: number];
  /** Places at both ends. */
  readonly range: readonly [from: number, to: number];
}

/** Where the value lies; beyond the ends too. */
export function placeOf({ domain, range }: Scale, value: number): number {
  return range[0] + ((value - domain[0]) / (domain[1] - domain[0])) * (range[1] - range[0]);
}

/** The value that lies there. */
export function valueAt({ domain, range }: Scale, place: number): number {
  return domain[0] + ((place - range[0]) / (range[1] - range[0])) * (domain[1] - domain[0]);
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

const TIME_STEPS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000,
];

/** Times on the scale at least `apart` places from each other: `1:30`, or `0.15 s` where seconds are too coarse. */
export function timeTicks(scale: Scale, apart: number): Tick[] {
  const step = stepOf(scale, apart, TIME_STEPS);
  const digits = step < 0.1 ? 2 : 1;
  const label = (seconds: number): string => (step < 1 ? `${seconds.toFixed(digits)} s` : clock(seconds));
  return ticks(scale, step, label);
}

const FREQUENCY_STEPS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** Frequencies in kHz on a scale of Hz. */
export function frequencyTicks(scale: Scale, apart: number): Tick[] {
  return ticks(scale, stepOf(scale, apart, FREQUENCY_STEPS), (hz) => String(hz / 1000));
}

/** Whole counts in steps of 1, 2 or 5 times a power of ten. */
export function countTicks(scale: Scale, apart: number, label: (count: number) => string): Tick[] {
  const steps = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
  return ticks(scale, stepOf(scale, apart, steps), label);
}

function stepOf({ domain, range }: Scale, apart: number, steps: readonly number[]): number {
  const least = ((domain[1] - domain[0]) * apart) / Math.abs(range[1] - range[0]);
  return steps.find((step) => step >= least) ?? 2 ** Math.ceil(Math.log2(least));
}

function ticks({ domain: [from, to] }: Scale, step: number, label: (value: number) => string): Tick[] {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.max(0, Math.floor(to / step + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => {
    const value = (first + i) * step + 0;
    return { value, label: label(value) };
  });
}

function clock(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return `${seconds < 0 ? '−' : ''}${[first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':')}`;
}
