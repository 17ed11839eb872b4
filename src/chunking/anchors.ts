import { type Gear, KEY_BYTES } from './gear.ts';
import type { Anchor } from './share.ts';

/**
 * By which places a stretch can be found again: its cuts, its first and its last 64 bytes. The same that sharing it gave,
 * but for where it was cut off from its neighbours. The stretch must fit into the gear's window, which it is put into.
 */
export function anchorsOf(gear: Gear, bytes: Uint8Array): Anchor[] {
  if (bytes.length < KEY_BYTES) return [];
  gear.window.set(bytes);
  const places = new Set([KEY_BYTES, bytes.length]);
  for (let at = gear.nextCut(0, bytes.length); at !== -1; at = gear.nextCut(at, bytes.length)) {
    if (at >= KEY_BYTES) places.add(at);
  }
  return Array.from(places, (at) => ({ at, key: gear.keyAt(at) }));
}
