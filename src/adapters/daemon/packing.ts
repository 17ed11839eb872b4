/**
 * Values on their way through the socket. What {@link serialize} keeps goes as it is: bigints, maps, typed arrays,
 * `undefined`, strings that are no Unicode. Functions, abort signals and errors are taken out of the value and named
 * beside it, by their place, so that no value can pretend to be one.
 */
import { deserialize, serialize } from 'node:v8';
import { fromSent, type SentError, toSent } from '#kernel';

type Key = string | number;

/** What was taken out of a value, and where it stood: the keys on the way down. */
export type Extra = { readonly at: readonly Key[] } & (
  | { readonly kind: 'function'; readonly n: number }
  | { readonly kind: 'signal'; readonly n: number; readonly isAborted: boolean }
  | { readonly kind: 'error'; readonly error: SentError }
);

export interface Packed {
  readonly value: unknown;
  readonly extras: readonly Extra[];
}

/** What takes functions and signals into its care, and gives each a number. */
export interface Keeping {
  keepFunction(given: (...args: never[]) => unknown): number;
  keepSignal(given: AbortSignal): number;
}

/** What stands for them on the other side. */
export interface Standing {
  functionOf(n: number): (...args: unknown[]) => void;
  signalOf(n: number, isAborted: boolean): AbortSignal;
}

/** Nothing of `value` is changed; where nothing has to be taken out, it is not copied either. */
export function pack(value: unknown, keeping?: Keeping): Packed {
  const packing: Packing = { at: [], extras: [], keeping };
  return { value: withoutExtras(value, packing), extras: packing.extras };
}

/** What has been taken out until now, and the way down to what is looked at. */
interface Packing {
  readonly at: Key[];
  readonly extras: Extra[];
  readonly keeping: Keeping | undefined;
}

/** The value with everything back in its place. @param packed comes from the other side and is used up */
export function unpack({ value, extras }: Packed, standing?: Standing): unknown {
  const whole = { value };
  for (const extra of extras) {
    const at: readonly Key[] = ['value', ...extra.at];
    const holder = at.slice(0, -1).reduce<unknown>(childOf, whole);
    setChild(holder, at.at(-1) as Key, standIn(extra, standing));
  }
  return whole.value;
}

/** @throws Error for what cannot be sent, which is a bug */
export function bytesOf(message: unknown): Uint8Array {
  return serialize(message);
}

export function messageOf<T>(bytes: Uint8Array): T {
  return deserialize(bytes) as T;
}

function withoutExtras(value: unknown, packing: Packing): unknown {
  const { keeping, extras } = packing;
  const at = (): Key[] => [...packing.at];
  if (typeof value === 'function' && keeping) {
    extras.push({ at: at(), kind: 'function', n: keeping.keepFunction(value as () => unknown) });
    return undefined;
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Error) {
    extras.push({ at: at(), kind: 'error', error: toSent(value) });
    return undefined;
  }
  if (value instanceof AbortSignal && keeping) {
    extras.push({ at: at(), kind: 'signal', n: keeping.keepSignal(value), isAborted: value.aborted });
    return undefined;
  }
  return containerWithoutExtras(value, packing);
}

/** A copy where something was taken out below. */
function containerWithoutExtras(value: object, packing: Packing): unknown {
  let copy: object | undefined;
  for (const key of keysOf(value)) {
    const child = childOf(value, key);
    if (!mayHoldExtras(child)) continue;
    packing.at.push(key);
    const less = withoutExtras(child, packing);
    packing.at.pop();
    if (less === child) continue;
    copy ??= copyOf(value);
    setChild(copy, key, less);
  }
  return copy ?? value;
}

function mayHoldExtras(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function keysOf(value: object): Iterable<Key> {
  if (Array.isArray(value)) return value.keys();
  if (value instanceof Map) return [...value.keys()].filter((key) => typeof key !== 'object');
  return Object.keys(value);
}

function copyOf(value: object): object {
  if (Array.isArray(value)) return [...value];
  return value instanceof Map ? new Map(value) : { ...value };
}

function childOf(holder: unknown, key: Key): unknown {
  return holder instanceof Map ? holder.get(key) : (holder as Record<Key, unknown>)[key];
}

function setChild(holder: unknown, key: Key, child: unknown): void {
  if (holder instanceof Map) holder.set(key, child);
  // Not by assignment, which "__proto__" would turn into something else.
  else {
    const property = { value: child, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(holder as object, key, property);
  }
}

function standIn(extra: Extra, standing: Standing | undefined): unknown {
  switch (extra.kind) {
    case 'error':
      return fromSent(extra.error);
    case 'function':
      return standing?.functionOf(extra.n);
    case 'signal':
      return standing?.signalOf(extra.n, extra.isAborted);
  }
}
