/** Which files are to be shared, and when: after they were renamed, or closed and left alone. Knows no files. */

/** `rename`: as soon as a file has got a new name; `close`: once nobody has written to it for a while; `both`: what comes first. */
export type DedupOn = 'rename' | 'close' | 'both';

export interface SharingOptions {
  readonly dedupOn: DedupOn;
  /** For how long nobody may have had a file open for writing. */
  readonly quietMs: number;
}

export interface SharingSchedule {
  /** Somebody opened the file to write to it. */
  opened(node: number): void;
  /** And closed it. */
  closed(node: number, nowMs: number): void;
  renamed(node: number, nowMs: number): void;
  /** Not before this time, and not while somebody has it open for writing. */
  later(node: number, atMs: number): void;
  /** Takes the file out that has been due for the longest; undefined where none is. */
  takeDue(nowMs: number): number | undefined;
  /** When the next one is due; undefined where none waits. */
  nextMs(): number | undefined;
}

export function createSharingSchedule({ dedupOn, quietMs }: SharingOptions): SharingSchedule {
  const writers = new Map<number, number>();
  /** Files that were renamed while somebody had them open. */
  const renamedOpen = new Set<number>();
  const due = new Map<number, number>();

  function sooner(node: number, atMs: number): void {
    due.set(node, Math.min(atMs, due.get(node) ?? atMs));
  }

  return {
    opened(node) {
      writers.set(node, (writers.get(node) ?? 0) + 1);
      if (due.delete(node) && dedupOn === 'rename') renamedOpen.add(node);
    },
    closed(node, nowMs) {
      const left = (writers.get(node) ?? 1) - 1;
      if (left > 0) {
        writers.set(node, left);
        return;
      }
      writers.delete(node);
      if (renamedOpen.delete(node)) due.set(node, nowMs);
      else if (dedupOn !== 'rename') due.set(node, nowMs + quietMs);
    },
    renamed(node, nowMs) {
      if (dedupOn === 'close') return;
      if (writers.has(node)) renamedOpen.add(node);
      else sooner(node, nowMs);
    },
    later(node, atMs) {
      if (!writers.has(node)) due.set(node, atMs);
      else if (dedupOn === 'rename') renamedOpen.add(node);
    },
    takeDue(nowMs) {
      let oldest: number | undefined;
      for (const [node, at] of due)
        if (at <= nowMs && (oldest === undefined || at < (due.get(oldest) ?? at))) oldest = node;
      if (oldest !== undefined) due.delete(oldest);
      return oldest;
    },
    nextMs() {
      let next: number | undefined;
      for (const at of due.values()) if (next === undefined || at < next) next = at;
      return next;
    },
  };
}
