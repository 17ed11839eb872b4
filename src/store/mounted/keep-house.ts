/**
 * What has to be done beside serving a mount: files without name go once the kernel has forgotten them, bytes that nothing
 * needs are given back, and files are shared that were left alone. One for each mount, while the tree is served by others.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#kernel';
import { deduplicate } from '../deduplicate.ts';
import { createIngest } from '../ingest.ts';
import type { Node, StoreParts } from '../ports.ts';
import { createTree, type TreeParts } from '../tree/create-tree.ts';
import type { OpenNodes } from '../tree/open-nodes.ts';
import { PosixError } from '../tree/posix-error.ts';
import { createRawFiles, unlessDamaged } from '../tree/raw-files.ts';
import { AS_LONG_AS_KNOWN, type TreeEvent } from './mounted-tree.ts';
import { RESERVED_BYTES } from './reserve.ts';
import { createSharingSchedule, type SharingOptions } from './sharing-schedule.ts';

export interface Housekeeping {
  /** What a server has told. */
  take(event: TreeEvent): void;
  /** Gives back all that can be given back, now. */
  makeRoom(): void;
  /** Goes on until the signal fires. */
  run(signal: AbortSignal): Promise<void>;
}

export interface HousekeepingOptions extends SharingOptions {
  /** Milliseconds, from anywhere. */
  readonly clock: () => number;
  /** A file could not be shared; it stays raw. */
  readonly onTrouble: (node: number, error: Error) => void;
  /** Took this server over from one that died? Then who had what open is not known, and nothing is freed but what the kernel forgets. */
  readonly isNext?: boolean;
}

const NONE_OPEN: Pick<OpenNodes, 'has'> = { has: () => false };
/** What has come together for so long is given back at once. Chosen: unnoticed by a person. */
const GATHER_MS = 200;
/** When a file that could not be shared is tried again. Chosen. */
const AGAIN_MS = 60_000;
/** How often the second copy of the tables is looked at. Chosen. */
const COPY_EVERY_MS = 60_000;
/** Work on a file stands still for others after so many bytes. Chosen: some milliseconds. */
const STRETCH_BYTES = 4 << 20;

export function keepHouse(
  parts: StoreParts & Pick<TreeParts, 'contents' | 'alone'> & { readonly opens?: Pick<OpenNodes, 'has'> },
  { clock, onTrouble, isNext = false, ...sharing }: HousekeepingOptions,
): Housekeeping {
  const { files, database, lock, opens = NONE_OPEN } = parts;
  const raws = createRawFiles(files, database);
  const tree = createTree({ ...parts, opens: AS_LONG_AS_KNOWN, raws });
  const ingest = createIngest(parts);
  const schedule = createSharingSchedule(sharing);
  const forgotten = new Set<number>();
  let wake = Promise.withResolvers<void>();

  for (const id of rawIds(files.names('raw'))) schedule.later(id, clock() + sharing.quietMs);

  function tidy(): void {
    unlessRefused(forgetAll);
    unlessRefused(raws.settle);
  }

  function forgetAll(): void {
    const ids = [...forgotten].filter((id) => !opens.has(id));
    if (ids.length === 0) return;
    database.transact(() => {
      for (const id of ids) unlessDamaged(() => tree.acts.forget(id));
    });
    for (const id of ids) forgotten.delete(id);
  }

  async function share(node: number, signal: AbortSignal): Promise<void> {
    try {
      // What it shares nothing of lies there twice for a while.
      const before = tree.node(node);
      if (files.space().availableBytes < before.size + RESERVED_BYTES) return wait(node);
      await lock.whenFree(signal);
      const work = deduplicate(parts, tree, ingest, node);
      let last = 0;
      let step = work.next();
      for (; !step.done; step = work.next()) {
        if (step.value - last < STRETCH_BYTES) continue;
        last = step.value;
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) work.return(false);
      }
      if (step.value === false) shareLater(before);
    } catch (error) {
      // The file is gone, or there is nothing that could be shared.
      if (error instanceof PosixError && error.code !== 'EIO' && error.code !== 'ENOSPC') return;
      if (error instanceof AppError && error.kind === 'cancelled') return;
      if (!(error instanceof AppError || error instanceof PosixError)) throw error;
      onTrouble(node, error);
      if (!(error instanceof AppError && error.kind === 'corrupt')) wait(node);
    }
  }

  /** It may have got other rights meanwhile, of which nothing else tells. One that grows is not read again all the time. */
  function shareLater({ id, size, mtimeNs }: Node): void {
    const now = tree.node(id);
    if (!now.isRaw || now.size === 0) return;
    if (now.size !== size || now.mtimeNs !== mtimeNs) wait(id);
    else schedule.later(id, clock() + Math.max(sharing.quietMs, GATHER_MS));
  }

  function wait(node: number): void {
    schedule.later(node, clock() + AGAIN_MS);
  }

  function take(event: TreeEvent): void {
    switch (event.kind) {
      case 'opened':
        schedule.opened(event.node);
        break;
      case 'closed':
        schedule.closed(event.node, clock());
        break;
      case 'renamed':
        schedule.renamed(event.node, clock());
        break;
      case 'forgotten':
        forgotten.add(event.node);
        break;
      case 'spared':
        raws.spare(event.node);
    }
    wake.resolve();
  }

  return {
    take,
    makeRoom() {
      // What nobody has open is not waited for, though the kernel may not have forgotten it yet.
      if (!isNext) for (const id of database.orphans()) forgotten.add(id);
      tidy();
    },
    async run(signal) {
      signal.addEventListener('abort', () => wake.resolve());
      let tidied = clock();
      while (!signal.aborted) {
        await untilWokenOr(schedule.nextMs(), clock, wake.promise);
        wake = Promise.withResolvers();
        await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined);
        tidy();
        for (;;) {
          const due = signal.aborted ? undefined : schedule.takeDue(clock());
          if (due === undefined) break;
          await share(due, signal);
          tidy();
          // Servers may have told something.
          await new Promise((resolve) => setImmediate(resolve));
        }
        files.closeRemoved();
        if (clock() - tidied < COPY_EVERY_MS) continue;
        tidied = clock();
        database.tidy();
      }
      tidy();
      for (const id of rawIds(files.names('raw'))) raws.noteLive(id);
      unlessRefused(tree.settle);
    },
  };
}

/** A full disk, or a store that another holds for long, is no end of a mount: what was not done is done the next time. */
function unlessRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError || error instanceof PosixError)) throw error;
  }
}

/** @param atMs by the clock; undefined: whenever it is woken */
async function untilWokenOr(atMs: number | undefined, clock: () => number, woken: Promise<void>): Promise<void> {
  if (atMs === undefined) return woken;
  const ended = new AbortController();
  const time = sleep(Math.max(0, atMs - clock()), undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([woken, time]);
  ended.abort();
}

function rawIds(names: readonly string[]): readonly number[] {
  return names.filter((name) => /^[1-9]\d{0,15}$/.test(name)).map(Number);
}
