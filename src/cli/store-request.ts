/** The arguments of `store` as what is asked for. */
import { AppError, type BytePath } from '#kernel';
import { type CommandContext, optionValues } from './context.ts';
import { pathsOf, secondsOf } from './operands.ts';
import { STORE_ACTIONS, STORE_COMMAND, type StoreWord } from './store-command.ts';

/** An action with arguments that it takes. */
export interface StoreRequest {
  readonly word: StoreWord;
  readonly store: BytePath;
  /** What stands behind the store, as it was typed. */
  readonly rest: readonly string[];
}

/** @throws AppError `usage/…` */
export function storeRequest(context: CommandContext): StoreRequest {
  const [word, ...operands] = context.invocation.operands;
  if (!isStoreWord(word)) throw unknownAction(word);
  const { count, options, operands: form } = STORE_ACTIONS[word];
  const [min, max] = count;
  const hint = `Write: reprise store ${word} ${form}`;
  for (const { name } of STORE_COMMAND.options) {
    if (context.invocation.options.has(name) && !options.includes(name))
      throw usage('usage/unknown-option', `"store ${word}" has no option --${name}.`, hint);
  }
  if (operands.length < min) throw usage('usage/too-few', `"store ${word}" needs more.`, hint);
  if (operands.length > max) throw usage('usage/too-many', `"${operands[max]}" is one too many.`, hint);
  const [store] = pathsOf(context, operands.slice(0, 1)) as [BytePath];
  return { word, store, rest: operands.slice(1) };
}

function isStoreWord(word: string | undefined): word is StoreWord {
  return word !== undefined && Object.hasOwn(STORE_ACTIONS, word);
}

function unknownAction(word: string | undefined): AppError {
  const message = word === undefined ? 'Say what to do with a store.' : `"store" cannot "${word}".`;
  return usage('usage/unknown-action', message, `It is one of ${Object.keys(STORE_ACTIONS).join(', ')}.`);
}

/** Where an import takes from. */
export type ImportFrom =
  | { readonly kind: 'paths'; readonly paths: readonly BytePath[] }
  | { readonly kind: 'ripfs'; readonly old: BytePath }
  | { readonly kind: 'watch'; readonly folder: BytePath };

export interface StoreImportRequest {
  readonly from: ImportFrom;
  readonly dryRun: boolean;
  /** Also reads what seems to be in already. */
  readonly isThorough: boolean;
  /** What is in the store afterwards goes into the trash. */
  readonly deletes: boolean;
  /** A file that is taken while it grows, or goes into the trash, must not have changed for so long. */
  readonly quietSeconds: number;
}

const QUIET_SECONDS = 10;
const LONGEST_QUIET_SECONDS = 86_400;

/** @throws AppError `usage/…` */
export function storeImportRequest(context: CommandContext, rest: readonly string[]): StoreImportRequest {
  const { options } = context.invocation;
  const from = importFrom(context, rest);
  const dryRun = options.has('dry-run');
  const deletes = options.has('delete-source');
  if (from.kind === 'watch' && dryRun) throw contradiction('--watch', '--dry-run', 'Name the folder without --watch.');
  if (from.kind !== 'paths' && deletes) {
    const instead = 'Run "store import STORE PATH… --delete-source" now and then; what is in already is known.';
    throw contradiction(from.kind === 'watch' ? '--watch' : '--from-ripfs', '--delete-source', instead);
  }
  if (options.has('yes') && !deletes) throw usage('usage/contradiction', '--yes means something with --delete-source.');
  if (options.has('quiet-time') && from.kind !== 'watch' && !deletes)
    throw usage('usage/contradiction', '--quiet-time means something with --watch or --delete-source.');
  if (options.has('thorough') && from.kind === 'watch')
    throw contradiction('--watch', '--thorough', 'Name the folder without --watch.');
  const isThorough = deletes || options.has('thorough');
  return { from, dryRun, isThorough, deletes, quietSeconds: quietSeconds(context) };
}

function importFrom(context: CommandContext, rest: readonly string[]): ImportFrom {
  const watched = optionValues(context, 'watch');
  const old = optionValues(context, 'from-ripfs');
  const ways = [rest.length > 0, watched.length > 0, old.length > 0].filter(Boolean).length;
  const hint = 'Write: reprise store import STORE PATH…, or STORE --watch DIR, or STORE --from-ripfs OLD';
  if (ways === 0) throw usage('usage/too-few', '"store import" needs something to take in.', hint);
  if (ways > 1 || watched.length > 1 || old.length > 1)
    throw usage('usage/contradiction', 'Name paths, a folder to watch or a store of ripfs: one of them.', hint);
  const [folder] = pathsOf(context, watched);
  const [ripfs] = pathsOf(context, old);
  if (folder !== undefined) return { kind: 'watch', folder };
  if (ripfs !== undefined) return { kind: 'ripfs', old: ripfs };
  return { kind: 'paths', paths: pathsOf(context, rest) };
}

function quietSeconds(context: CommandContext): number {
  const text = optionValues(context, 'quiet-time').at(-1);
  return text === undefined ? QUIET_SECONDS : secondsOf('quiet-time', text, LONGEST_QUIET_SECONDS);
}

/** A path in a store as its app takes it: from the root, without slashes around; the root itself is empty. */
export function pathInStore(word: string): BytePath {
  const names: string[] = [];
  for (const name of word.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.join('/') as BytePath;
}

function contradiction(one: string, other: string, hint: string): AppError {
  return usage('usage/contradiction', `${one} and ${other} exclude each other.`, hint);
}

function usage(code: string, message: string, hint?: string): AppError {
  return new AppError(code, message, { kind: 'usage', ...(hint !== undefined && { hint }) });
}
