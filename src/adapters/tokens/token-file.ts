/** The file itself: `{ "v": 1, "tokens": […] }`, for its owner alone. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { StoredToken } from '#http';
import { AppError, type BytePath, bytesOfPath, displayPath, type ErrorKind, folderOf } from '#kernel';

export interface KeptToken extends StoredToken {
  /** ISO 8601, UTC. */
  readonly madeAt: string;
}

export interface TokenFile {
  /** As the file is now; none where it is not there. @throws AppError `tokens/damaged`, `tokens/unreadable` */
  read(): readonly KeptToken[];
  /** Reads, changes and writes as one, against others who do. @throws AppError `tokens/…` */
  change(edit: (tokens: readonly KeptToken[]) => readonly KeptToken[]): void;
}

export function createTokenFile(path: BytePath): TokenFile {
  const name = Buffer.from(bytesOfPath(path));
  let known: { readonly key: string; readonly tokens: readonly KeptToken[] } | undefined;
  const read = (): readonly KeptToken[] => {
    const key = attempt(path, 'read', () => keyOf(name));
    if (key === undefined) return [];
    if (known?.key !== key)
      known = {
        key,
        tokens: parse(
          path,
          attempt(path, 'read', () => readFileSync(name, 'utf8')),
        ),
      };
    return known.tokens;
  };
  return {
    read,
    change(edit) {
      const lock = Buffer.from(bytesOfPath(`${path}.new` as BytePath));
      const fd = attempt(path, 'written', () => takeLock(lock));
      try {
        writeFileSync(fd, `${JSON.stringify({ v: 1, tokens: edit(read()) }, null, 2)}\n`);
        fsyncSync(fd);
        renameSync(lock, name);
        syncFolder(path);
      } catch (error) {
        rmSync(lock, { force: true });
        throw error instanceof AppError ? error : trouble(error, path, 'written');
      } finally {
        closeSync(fd);
      }
    },
  };
}

/** Tells one state of the file from every other: each is a new file. */
function keyOf(name: Buffer): string | undefined {
  const stats = statSync(name, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}

/** Whoever writes takes milliseconds; an older file was left by a crash. Chosen. */
const LEFT_BEHIND_MS = 10_000;

/** The new file, which is also the lock: only one can make it. */
function takeLock(lock: Buffer): number {
  const left = statSync(lock, { throwIfNoEntry: false });
  if (left && Date.now() - left.mtimeMs > LEFT_BEHIND_MS) rmSync(lock, { force: true });
  return openSync(lock, 'wx', 0o600);
}

function syncFolder(path: BytePath): void {
  const fd = openSync(Buffer.from(bytesOfPath(folderOf(path))), 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function parse(path: BytePath, text: string): readonly KeptToken[] {
  const document: unknown = parsed(text);
  if (isTokens(document)) return document.tokens;
  const isNewer = isRecord(document) && typeof document['v'] === 'number' && document['v'] > 1;
  if (isNewer)
    throw new AppError('tokens/too-new', `A newer Reprise wrote ${displayPath(path)}.`, { kind: 'unsupported' });
  throw new AppError('tokens/damaged', `${displayPath(path)} is no list of tokens.`, {
    kind: 'corrupt',
    hint: 'Move it away and make the tokens again: their secrets cannot be read out of it.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told as damaged by whoever asked.
    return undefined;
  }
}

function isTokens(value: unknown): value is { readonly tokens: readonly KeptToken[] } {
  return isRecord(value) && value['v'] === 1 && Array.isArray(value['tokens']) && value['tokens'].every(isToken);
}

function isToken(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, sha256, scopes, madeAt } = value as Partial<Record<keyof KeptToken, unknown>>;
  const isHash = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  const areScopes = Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string');
  return typeof name === 'string' && isHash && areScopes && typeof madeAt === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function attempt<T>(path: BytePath, what: 'read' | 'written', act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw trouble(error, path, what);
  }
}

const KINDS: Readonly<Record<string, ErrorKind>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  ENOSPC: 'exhausted',
  EDQUOT: 'exhausted',
};

function trouble(error: unknown, path: BytePath, what: 'read' | 'written'): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  if (code === 'EEXIST') {
    const message = `Somebody else is changing ${displayPath(path)}.`;
    return new AppError('tokens/busy', message, { kind: 'conflict', hint: 'Try again.', cause: error });
  }
  return new AppError('tokens/unavailable', `${displayPath(path)} cannot be ${what}: ${code}.`, {
    kind: KINDS[code] ?? 'unavailable',
    hint: 'Check the permissions and the disk of the data folder.',
    cause: error,
  });
}
