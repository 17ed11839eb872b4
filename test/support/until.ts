import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

/** Longer than anything of the product waits before it tries again. */
const PATIENCE_MS = 90_000;

/** Waits until it is so, and fails where that takes too long. */
export async function until(claim: () => boolean): Promise<void> {
  for (const last = performance.now() + PATIENCE_MS; !claim(); await sleep(50))
    if (performance.now() > last) expect.fail('it did not come about');
}
