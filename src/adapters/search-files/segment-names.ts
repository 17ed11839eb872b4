/** How segments are called: by numbers that rise. */
export const SEGMENT: RegExp = /^segment-(\d+)\.idx$/;

export function segmentNumber(name: string): number {
  return Number(SEGMENT.exec(name)?.[1] ?? 0);
}

export function newestFirst(names: readonly string[]): string[] {
  return names.toSorted((one, other) => segmentNumber(other) - segmentNumber(one));
}
