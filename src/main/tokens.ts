/** The daemon's tokens, in the data folder. */
import type { Tokens } from '#cli';
import type { Settings } from '#config';
import type { TokenReader } from '#http';
import { type BytePath, joinPath, systemClock } from '#kernel';
import { openTokens } from '../adapters/tokens/index.ts';
import { ensureDataFolder } from './data-folder.ts';

/** Makes the data folder where it is not there yet. */
export function openTokensOf(settings: Settings): Tokens & TokenReader {
  ensureDataFolder(settings);
  return openTokens(joinPath(settings.data, 'tokens.json' as BytePath), systemClock);
}
