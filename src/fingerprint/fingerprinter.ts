/**
 * Samples to fingerprints, in one pass and in memory that does not grow with the sound except for the items
 * themselves (33 bytes per second and phase). PCM collects in the kernel's buffer; whenever it is full, all
 * frames of all phases that lie inside are analysed in one call, and what later frames need moves to the front.
 * Deterministic; block sizes do not matter. The same PCM gives the items of `fpcalc -raw -length 0`.
 */

import { type AlteredQuestion, createAlteredQuestioner } from './altered-questions.ts';
import { BATCH_FRAMES, createChromaKernel, FINE_VALUES, PITCH_CLASSES } from './chroma.ts';
import { FRAME_SAMPLES, HOP_SAMPLES, PHASE_OFFSETS } from './constants.ts';
import { createItemStage, type ItemStage } from './items.ts';

export interface FingerprinterOptions {
  /** 1: as fpcalc. 4: also with the sound's first 341, 682 and 1024 samples dropped, for queries. */
  readonly phases: 1 | 4;
}

export interface Fingerprinter {
  /** Takes the next samples: 11,025 Hz, mono. Any number at a time; the array is not kept. */
  push(pcm: Int16Array): void;
  /** Ends the sound and gives the items of each phase; none where it was too short. Call once. */
  finish(): Uint32Array[];
  /** Questions about alterations, after {@link finish}; none where there is only one phase or the sound is short. */
  alteredQuestions(): readonly AlteredQuestion[];
}

/** Samples in the kernel's buffer: at most one batch of frames of four phases, 2.3 s. */
const BUFFER_SAMPLES = FRAME_SAMPLES + (HOP_SAMPLES * BATCH_FRAMES) / 4 - 1;

interface Phase {
  readonly stage: ItemStage;
  readonly items: ItemList;
}

/** Starts a fingerprint. */
export function createFingerprinter({ phases }: FingerprinterOptions): Fingerprinter {
  const kernel = createChromaKernel(BUFFER_SAMPLES);
  const offsets = PHASE_OFFSETS.slice(0, phases);
  const questioner = phases === 4 ? createAlteredQuestioner() : undefined;
  const states = offsets.map((): Phase => ({ stage: createItemStage(), items: createItemList() }));
  let filled = 0;
  let frame = 0; // frames of all phases are counted in the order of their start
  let base = 0; // position in the sound of the buffer's first sample

  const startOf = (index: number): number => Math.floor(index / phases) * HOP_SAMPLES + offsets[index % phases]! - base;

  function analyse(): void {
    let count = 0;
    let fine = 0n;
    while (count < BATCH_FRAMES && startOf(frame + count) + FRAME_SAMPLES <= filled) {
      kernel.starts[count] = startOf(frame + count);
      if (questioner?.wants(frame + count)) fine |= 1n << BigInt(count);
      count++;
    }
    kernel.analyse(count, fine);
    for (let index = 0; index < count; index++) {
      if (questioner?.wants(frame + index)) questioner.push(frame + index, kernel.fineChroma, index * FINE_VALUES);
      const { stage, items } = states[(frame + index) % phases]!;
      const item = stage.push(kernel.chroma, index * PITCH_CLASSES);
      if (item >= 0) items.push(item);
    }
    frame += count;
  }

  function dropUsed(): void {
    const used = Math.min(startOf(frame), filled);
    kernel.pcm.copyWithin(0, used, filled);
    filled -= used;
    base += used;
  }

  return {
    push(pcm) {
      for (let at = 0; at < pcm.length; ) {
        const room = Math.min(BUFFER_SAMPLES - filled, pcm.length - at);
        kernel.pcm.set(pcm.subarray(at, at + room), filled);
        filled += room;
        at += room;
        if (filled < BUFFER_SAMPLES) break;
        analyse();
        dropUsed();
      }
    },
    finish() {
      analyse();
      return states.map(({ items }) => items.finish());
    },
    alteredQuestions: () => questioner?.finish() ?? [],
  };
}

interface ItemList {
  push(item: number): void;
  finish(): Uint32Array;
}

function createItemList(): ItemList {
  let items = new Uint32Array(1024);
  let length = 0;
  return {
    push(item) {
      if (length === items.length) {
        const longer = new Uint32Array(length * 2);
        longer.set(items);
        items = longer;
      }
      items[length++] = item;
    },
    finish: () => items.slice(0, length),
  };
}
