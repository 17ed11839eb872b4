/** `store serve-webdav`: where to listen, who is let in, and how people get there. */
import { AppError } from '#kernel';
import { type CommandContext, hasOption, optionValues, print, printJson } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { pathsOf } from './operands.ts';
import type { StoreApp } from './store-app.ts';
import type { StoreRequest } from './store-request.ts';
import { shellWord } from './terminal/safe-text.ts';

/** Beside that of the daemon, and assigned to nothing else. */
const USUAL_PLACE = '127.0.0.1:8946';
const MOST_PORT = 65_535;
/** Who can try a thousand a second finds a shorter one. Chosen. */
const LEAST_PASSWORD = 8;

export async function serveWebdav(context: CommandContext, app: StoreApp, { store }: StoreRequest): Promise<number> {
  const { talk, log, run } = context;
  const place = placeOf(optionValues(context, 'listen').at(-1) ?? USUAL_PLACE);
  const password = await passwordOf(context);
  await app.serveWebdav(store, {
    ...place,
    password,
    signal: run.signal,
    onReady: (url) => {
      log('info', 'store.serving', { store, url });
      if (hasOption(context, 'json')) {
        printJson(context, { v: 1, store, url });
        return;
      }
      print(context, [`${shellWord(store)} is at ${url} until Ctrl-C.`]);
      for (const line of waysTo(url)) talk.say(talk.style.faint(line));
    },
    onTrouble: (message) => {
      log('warning', 'store.webdav-trouble', { store, message });
      talk.warn(message);
    },
  });
  log('info', 'store.served', { store });
  return EXIT.done;
}

/** @throws AppError `usage/bad-value` */
function placeOf(text: string): { readonly host: string; readonly port: number } {
  const [, six, four, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = six ?? four;
  if (host !== undefined && Number(digits) <= MOST_PORT) return { host, port: Number(digits) };
  throw new AppError('usage/bad-value', `--listen must be an address and a port, not "${text}".`, {
    kind: 'usage',
    hint: `Write ${USUAL_PLACE}, 192.168.1.5:8946 or [::1]:8946.`,
  });
}

/** @throws AppError `store/weak-password`, `files/…` */
async function passwordOf(context: CommandContext): Promise<string | undefined> {
  const [file] = pathsOf(context, optionValues(context, 'password-file').slice(-1));
  if (file === undefined) return undefined;
  const [password = ''] = (await context.surroundings.readText(file)).split(/\r?\n/, 1);
  if (password.length >= LEAST_PASSWORD) return password;
  throw new AppError('store/weak-password', `The first line of ${shellWord(file)} is too short for a password.`, {
    kind: 'usage',
    hint: 'Make one that nobody guesses: openssl rand -base64 18 > FILE',
  });
}

function waysTo(url: string): readonly string[] {
  return [
    `Linux:   gio mount ${url.replace('http:', 'dav:')}`,
    `macOS:   Finder, Go, Connect to Server: ${url}`,
    `Windows: net use * ${url}`,
  ];
}
