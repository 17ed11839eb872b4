/** The gate as the product makes it: real catalogue, journal, files and decoders in child processes. */

import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { producerOf } from '#catalogue';
import type { InboxSettings, Settings } from '#config';
import type { Gate } from '#gate';
import { type BytePath, joinPath, systemClock } from '#kernel';
import { decoderName } from '../../src/adapters/decoder/index.ts';
import { createFileActs, createFileTree } from '../../src/adapters/files/index.ts';
import { openCatalogue, openJournal } from '../../src/adapters/sqlite/index.ts';
import { createSoundWorkers } from '../../src/adapters/workers/index.ts';
import { createFilingApp } from '../../src/main/filing-app.ts';
import { makeGate } from '../../src/main/gate-app.ts';
import { createTagParts } from '../../src/main/tag-parts.ts';

export interface RealGate extends AsyncDisposable {
  readonly gate: Gate;
}

export interface RealGateOptions {
  /** A folder for catalogue and journal. */
  readonly data: BytePath;
  readonly roots: readonly BytePath[];
  readonly inboxes?: readonly InboxSettings[];
}

/** An inbox that judges and leaves files where they are. */
export function inboxAt(folder: BytePath, fields: Partial<InboxSettings> = {}): InboxSettings {
  return {
    ...{ name: 'downloads', path: folder, mode: 'gate', watch: 'auto', pollSeconds: 10, stableSeconds: 1, exclude: [] },
    ...{ tuple: ['albumArtist', 'disc', 'track'], onUntagged: 'hold', onUnsure: 'hold', onUnreadable: 'hold' },
    ...{ onDuplicate: 'leave', onUpgrade: 'hold', place: 'none', library: null, template: '{track} {title}' },
    ...fields,
  };
}

/** With workers on its queue, until it is disposed of. */
export async function openRealGate({ data, roots, inboxes = [] }: RealGateOptions): Promise<RealGate> {
  const workers = createSoundWorkers({
    ...{ entry: path.resolve('src/main/worker.ts'), width: 2, filesPerChild: 500, secondsPerFile: 20 },
    ...{ producer: producerOf(await decoderName()), memoryBytes: 500 * 2 ** 20 },
  });
  const catalogue = await openCatalogue(joinPath(data, 'catalogue.sqlite' as BytePath), {
    clock: systemClock,
    owner: 'a test',
  });
  // The rest of the settings is none of the gate's business.
  const settings = {
    ...{ roots, inboxes, gate: { leaseSeconds: 60, attempts: 2, retrySeconds: 1 } },
    filing: { protected: [], retries: 0, retryDelaySeconds: 1, trashDays: null },
  } as unknown as Settings;
  const parts = {
    ...{
      settings,
      acts: createFileActs(),
      tree: createFileTree(),
      tags: createTagParts(),
      workers,
      clock: systemClock,
    },
    wait: (milliseconds: number, signal: AbortSignal) => setTimeout(milliseconds, undefined, { signal }),
    openJournal: async () => openJournal(joinPath(data, 'journal.sqlite' as BytePath)),
  };
  const filing = createFilingApp(parts);
  const gate = await makeGate(parts, catalogue, filing.parts);
  const stop = new AbortController();
  const work = gate.work({ signal: stop.signal });
  return {
    gate,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await work;
      await workers[Symbol.asyncDispose]();
      await filing[Symbol.asyncDispose]();
      await catalogue[Symbol.asyncDispose]();
    },
  };
}
