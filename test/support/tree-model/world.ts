/** A tree or a directory, as the model test sees it. */
import type { NodeKind } from '#store';
import type { Operation } from './operations.ts';

export interface World extends Disposable {
  /** Does it. @returns what can be compared. @throws an error with the `code` of the system */
  perform(operation: Operation): unknown;
  /** All that can be seen: by paths from the top, and `#0` … for what is open. */
  look(): ReadonlyMap<string, Seen>;
}

/** What can be seen of a node, apart from its time. */
export interface Appearance {
  readonly kind: NodeKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  /** Of files and symbolic links. */
  readonly size: number;
  readonly device: number;
  /** Bytes of a file, what a symbolic link says. */
  readonly bytes: string;
  readonly attributes: string;
}

export interface Seen extends Appearance {
  /** Tells nodes apart within a world. */
  readonly id: string;
  readonly times: { readonly atime: bigint; readonly mtime: bigint; readonly ctime: bigint };
}

/** Where the model plays: so deep that `..` finds the same in both worlds. */
export const ABOVE: readonly string[] = ['deep', 'er', 'top'];

export class WorldError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function attributesAsText(attributes: readonly (readonly [name: string, value: Uint8Array])[]): string {
  return attributes
    .map(([name, value]) => `${name}=${Buffer.from(value).toString('latin1')}`)
    .sort()
    .join('\n');
}
