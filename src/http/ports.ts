/** What the daemon's routes need of the outside. */
import type { LogLevel, Scope } from '#config';
import type { BytePath } from '#kernel';

/** A token as it is kept: nobody can get at its secret. */
export interface StoredToken {
  /** What its owner calls it; stands in logs and with the jobs that it asked for. */
  readonly name: string;
  /** Of the secret's UTF-8, in lower-case hexadecimal. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
}

/** The tokens that are good now. Fulfilled by `adapters/tokens`. */
export interface TokenReader {
  /** Read anew where they have changed. @throws AppError `tokens/…` */
  all(): Promise<readonly StoredToken[]>;
}

/** What lies at a path. */
export interface Looked {
  /** The real path of its folder, and its name. */
  readonly path: BytePath;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** Looks at paths without opening what lies there. Fulfilled by `adapters/files`. */
export interface PathGuard {
  /** What lies at the path; its last name is not followed. `undefined`: nothing. @throws AppError `files/…` */
  look(path: BytePath): Promise<Looked | undefined>;
  /** Where the path leads, all links followed; `undefined` where nothing is. @throws AppError `files/…` */
  realPath(path: BytePath): Promise<BytePath | undefined>;
}

/** Writes an event of the log. What is handed to it holds no secret. */
export type HttpLog = (level: LogLevel, event: string, fields?: Readonly<Record<string, string | number>>) => void;

/** Something without which the daemon cannot do its work. */
export interface ReadyCheck {
  /** `catalogue`, `decoder`, `root /music` … */
  readonly name: string;
  readonly isReady: boolean;
  /** What is wrong; absent where it is ready. */
  readonly trouble?: string;
}
