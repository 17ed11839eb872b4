/** Counts requests and decides which of them go wrong. */
import { Refusal } from './refusal.ts';
import type { DiskFaults, RequestCounts } from './setup.ts';

export interface Faults {
  readonly counts: RequestCounts;
  /** Bytes that may still be written; `undefined`: no end to it. */
  readonly room: number | undefined;
  set(faults: DiskFaults): void;
  /** @throws Refusal EIO */
  onRead(file: number, position: number, length: number): void;
  /** @returns how many of the bytes are taken, in part only where room ends. @throws Refusal EIO, ENOSPC */
  onWrite(length: number): number;
  /** @throws Refusal EIO */
  onSync(): void;
  onName(): void;
}

type Countdown = Exclude<keyof DiskFaults, 'roomBytes'>;
type Stretch = readonly [file: number, start: number, end: number];

/** @param cut ends the process */
export function createFaults(first: DiskFaults, cut: () => never): Faults {
  let left: { -readonly [knob in keyof DiskFaults]: DiskFaults[knob] } = { ...first };
  let unreadable: Stretch[] = [];
  const counts = { reads: 0, writes: 0, syncs: 0, names: 0 };

  const falls = (knob: Countdown): boolean => {
    const count = left[knob];
    if (count !== undefined) left[knob] = count - 1;
    return count === 1;
  };
  return {
    counts,
    get room() {
      return left.roomBytes;
    },
    set(faults) {
      left = { ...faults };
      unreadable = [];
    },
    onRead(file, position, length) {
      counts.reads += 1;
      if (falls('failRead')) unreadable.push([file, position, position + length]);
      const isBad = ([bad, start, end]: Stretch): boolean =>
        bad === file && start < position + length && position < end;
      if (unreadable.some(isBad)) throw new Refusal('EIO');
    },
    onWrite(length) {
      counts.writes += 1;
      if (falls('cutAtRequest')) cut();
      if (falls('failWrite')) throw new Refusal('EIO');
      if (left.roomBytes === undefined) return length;
      if (length > 0 && left.roomBytes <= 0) throw new Refusal('ENOSPC');
      const taken = Math.min(length, left.roomBytes);
      left.roomBytes -= taken;
      return taken;
    },
    onSync() {
      counts.syncs += 1;
      if (falls('cutAtRequest')) cut();
      if (falls('failSync')) throw new Refusal('EIO');
    },
    onName() {
      counts.names += 1;
      if (falls('cutAtName')) cut();
    },
  };
}
