/**
 * Tokens, kept as hashes in a file that only its owner may read. It is written whole or not at all, by one at a time, and
 * read anew whenever it has changed, so that a running daemon knows at once of a token that was made or revoked.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { TokenEntry, Tokens } from '#cli';
import type { Scope } from '#config';
import type { TokenReader } from '#http';
import { AppError, type BytePath, type Clock } from '#kernel';
import { createTokenFile, type KeptToken } from './token-file.ts';

/** Of randomness in a secret: nobody guesses it, so one round of hashing is enough. */
const SECRET_BYTES = 32;

/** What secrets start with, so that people and scanners know one where it leaks. */
const MARK = 'reprise_';

/** @param path of the file; it is made by the first token */
export function openTokens(path: BytePath, clock: Clock): Tokens & TokenReader {
  const file = createTokenFile(path);
  return {
    all: async () => file.read(),
    list: async () => file.read().map(entryOf),
    async add(name, scopes) {
      const secret = MARK + randomBytes(SECRET_BYTES).toString('base64url');
      file.change((tokens) => {
        if (tokens.some((token) => token.name === name)) throw taken(name);
        return [...tokens, keep(name, scopes, secret, clock)];
      });
      return secret;
    },
    async revoke(name) {
      file.change((tokens) => {
        if (!tokens.some((token) => token.name === name)) throw noSuch(name);
        return tokens.filter((token) => token.name !== name);
      });
    },
  };
}

function keep(name: string, scopes: readonly Scope[], secret: string, clock: Clock): KeptToken {
  const sha256 = createHash('sha256').update(secret, 'utf8').digest('hex');
  return { name, sha256, scopes, madeAt: new Date(clock.now()).toISOString() };
}

function entryOf({ name, scopes, madeAt }: KeptToken): TokenEntry {
  return { name, scopes, madeAt };
}

function taken(name: string): AppError {
  const hint = 'Take another name, or revoke that one first.';
  return new AppError('tokens/exists', `There is a token "${name}" already.`, { kind: 'conflict', hint });
}

function noSuch(name: string): AppError {
  const hint = '"reprise token list" prints their names.';
  return new AppError('tokens/missing', `There is no token "${name}".`, { kind: 'missing', hint });
}
