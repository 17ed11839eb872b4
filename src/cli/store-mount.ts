/** `store mount`: options as mount(8) takes them, and what is told while it is mounted. */
import { AppError, type BytePath } from '#kernel';
import type { DedupOn } from '#store';
import { type CommandContext, hasOption, optionValues, print, printJson } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { pathsOf } from './operands.ts';
import type { StoreApp, StoreMountRequest } from './store-app.ts';
import type { StoreRequest } from './store-request.ts';
import { shellWord } from './terminal/safe-text.ts';

const QUIET_SECONDS = 10;
const LONGEST_QUIET_SECONDS = 86_400;
const DEDUP_ON: readonly DedupOn[] = ['rename', 'close', 'both'];
/** What the kernel is told. */
const KERNEL_OPTIONS = new Set([
  ...['ro', 'rw', 'suid', 'nosuid', 'dev', 'nodev', 'exec', 'noexec', 'atime', 'noatime', 'relatime', 'norelatime'],
  ...['diratime', 'nodiratime', 'sync', 'async', 'dirsync', 'allow_other'],
]);
/** What stands in `/etc/fstab` for others. */
const FOR_OTHERS = /^(defaults|auto|noauto|user|nouser|users|owner|group|nofail|_netdev|x-.*|comment=.*)$/;

export async function mount(context: CommandContext, app: StoreApp, { store, rest }: StoreRequest): Promise<number> {
  const [folder] = pathsOf(context, rest) as [BytePath];
  const asked = mountRequest(optionValues(context, 'options'));
  const { talk, run } = context;
  const onTrouble = (message: string): void => {
    context.log('warning', 'store.mount-trouble', { store, folder, message });
    talk.warn(message);
  };
  const onReady = (): void => {
    context.log('info', 'store.mounted', { store, folder });
    if (hasOption(context, 'json')) printJson(context, { v: 1, store, folder });
    else print(context, [`${shellWord(store)} is mounted on ${shellWord(folder)}.`]);
    talk.say(talk.style.faint(`To unmount it: umount ${shellWord(folder)}`));
  };
  if (hasOption(context, 'foreground')) {
    await app.mount(store, folder, { ...asked, signal: run.signal, onReady, onTrouble });
    context.log('info', 'store.unmounted', { store, folder });
  } else {
    await app.mountApart({ signal: run.signal });
    onReady();
  }
  return EXIT.done;
}

/** @throws AppError `usage/bad-value` */
export function mountRequest(values: readonly string[]): StoreMountRequest {
  const words = values.flatMap((value) => value.split(',')).filter((word) => word !== '' && !FOR_OTHERS.test(word));
  let request: StoreMountRequest = {
    isWriteback: false,
    kernelOptions: [],
    dedupOn: 'both',
    quietSeconds: QUIET_SECONDS,
  };
  for (const word of words) request = { ...request, ...meaningOf(word, request) };
  return request;
}

function meaningOf(word: string, { kernelOptions }: StoreMountRequest): Partial<StoreMountRequest> {
  const [name = '', value] = word.split('=');
  if (word === 'writeback') return { isWriteback: true };
  if (KERNEL_OPTIONS.has(word)) return { kernelOptions: [...kernelOptions, word] };
  if (name === 'dedup_on') {
    const dedupOn = DEDUP_ON.find((when) => when === value);
    if (dedupOn === undefined) throw badOption(word, `dedup_on is one of ${DEDUP_ON.join(', ')}.`);
    return { dedupOn };
  }
  if (name === 'quiet') {
    const quietSeconds = Number(value);
    const isFine = /^\d+(\.\d+)?$/.test(value ?? '') && quietSeconds <= LONGEST_QUIET_SECONDS;
    if (!isFine) throw badOption(word, 'quiet is a number of seconds, at most a day.');
    return { quietSeconds };
  }
  throw badOption(word, 'See "reprise store --help" for those that there are.');
}

function badOption(word: string, hint: string): AppError {
  return new AppError('usage/bad-value', `"${word}" is no option of a mount.`, { kind: 'usage', hint });
}
