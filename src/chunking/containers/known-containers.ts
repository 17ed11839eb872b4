import type { Container } from './container.ts';
import { createOgg } from './ogg.ts';

/** Bytes of a file's beginning by which containers are told. */
export const HEAD_BYTES: number = 64 << 10;

const KNOWN: readonly Container[] = [createOgg()];

/** The container that a file seems to be in; undefined for plain bytes. @param head its first {@link HEAD_BYTES} */
export function recognisedContainer(head: Uint8Array): Container | undefined {
  return KNOWN.find((container) => container.recognises(head));
}

/** The container of this name. */
export function containerNamed(name: string): Container | undefined {
  return KNOWN.find((container) => container.name === name);
}
