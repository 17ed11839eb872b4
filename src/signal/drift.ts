/** A straight line through lags of which many may be wrong. */

export interface LagPoint {
  /** Position on a, in samples. */
  readonly x: number;
  /** Lag found there, in samples. */
  readonly lag: number;
}

export interface Drift {
  /** Lag at `x` = 0, in samples. */
  readonly lag: number;
  /** Samples of lag gained per sample of a. */
  readonly slope: number;
  /** Points that lie on the line. */
  readonly support: number;
}

/**
 * The line with most points within `tolerance`: every pair of points proposes one, and every point a level
 * one; a level line wins ties. The winner is fitted again to its points by least squares.
 * `undefined` of no points.
 */
export function fitDrift(points: readonly LagPoint[], tolerance: number, maxSlope: number): Drift | undefined {
  let best: Drift | undefined;
  const offer = (lag: number, slope: number): void => {
    const support = points.filter((point) => Math.abs(point.lag - lag - slope * point.x) <= tolerance).length;
    if (!best || support > best.support) best = { lag, slope, support };
  };
  for (const { lag } of points) offer(lag, 0);
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      const [one, other] = [points[i]!, points[j]!];
      const slope = (other.lag - one.lag) / (other.x - one.x);
      if (slope !== 0 && Math.abs(slope) <= maxSlope) offer(one.lag - slope * one.x, slope);
    }
  }
  return best && leastSquares(points, best, tolerance);
}

function leastSquares(points: readonly LagPoint[], line: Drift, tolerance: number): Drift {
  const on = points.filter((point) => Math.abs(point.lag - line.lag - line.slope * point.x) <= tolerance);
  const meanX = mean(on.map(({ x }) => x));
  const meanLag = mean(on.map(({ lag }) => lag));
  if (line.slope === 0) return { lag: meanLag, slope: 0, support: on.length };
  const spread = on.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope =
    spread > 0 ? on.reduce((sum, { x, lag }) => sum + (x - meanX) * (lag - meanLag), 0) / spread : line.slope;
  return { lag: meanLag - slope * meanX, slope, support: on.length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
