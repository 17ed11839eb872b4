/** `store`: recordings byte for byte, what repeats once. Each action asks the {@link StoreApp}, which needs no catalogue. */
import type { ChunkSizeName } from '#chunking';
import { AppError, type BytePath, cancelled } from '#kernel';
import type { StoredEntry } from '#store';
import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson, viewOf } from '../context.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { renderFailures } from '../render/failures.ts';
import { entryLine, exportSentence, renderCollect, renderRepair, renderUsage, renderVerify } from '../render/store.ts';
import type { StoreApp, StoreRunOptions } from '../store-app.ts';
import {
  storeCollectDocument,
  storeExportDocument,
  storeListDocument,
  storeRepairDocument,
  storeUsageDocument,
  storeVerifyDocument,
} from '../store-documents.ts';
import { follow, importAndTell } from '../store-import.ts';
import { mount } from '../store-mount.ts';
import { pathInStore, type StoreRequest, storeImportRequest, storeRequest } from '../store-request.ts';
import { serveWebdav } from '../store-webdav.ts';
import { shellWord } from '../terminal/safe-text.ts';

export const runStore: CommandRun = async (context) => {
  const request = storeRequest(context);
  const { word, store, rest } = request;
  const asked = word === 'import' ? storeImportRequest(context, rest) : undefined;
  const { surroundings, resolved, talk } = context;
  const app = await surroundings.createStoreApp(resolved, talk.warn);
  if (asked !== undefined) return importAndTell(context, app, store, asked);
  return ACTIONS[word as keyof typeof ACTIONS](context, app, request);
};

type Act = (context: CommandContext, app: StoreApp, request: StoreRequest) => Promise<number>;

const ACTIONS = {
  ...{ init, ls, cat, export: exportFiles, stat, verify, repair, gc, mount },
  'serve-webdav': serveWebdav,
} satisfies Record<string, Act>;

function runOptions({ run: { signal, progress } }: CommandContext): StoreRunOptions {
  return { signal, progress };
}

async function init(context: CommandContext, app: StoreApp, { store }: StoreRequest): Promise<number> {
  // The parser has held it to its choices.
  const chunk = (optionValues(context, 'chunk').at(-1) ?? 'small') as ChunkSizeName;
  await app.init(store, chunk);
  context.log('info', 'store.made', { store, chunk });
  if (hasOption(context, 'json')) printJson(context, { v: 1, store, chunk });
  else {
    const { talk } = context;
    print(context, [`Made a store in ${shellWord(store)}.`]);
    talk.say(talk.style.faint(`To take recordings in: reprise store import ${shellWord(store)} PATH…`));
  }
  return EXIT.done;
}

/** Lines that are printed at once. Chosen. */
const LINES_AT_ONCE = 500;

async function ls(context: CommandContext, app: StoreApp, { store, rest: [path = ''] }: StoreRequest): Promise<number> {
  const isDeep = hasOption(context, 'recursive');
  const entries = app.list(store, pathInStore(path), isDeep);
  if (hasOption(context, 'json')) {
    printJson(context, storeListDocument(await Array.fromAsync(untilStopped(context, entries))));
    return EXIT.done;
  }
  const options = { isLong: hasOption(context, 'long'), isWhole: isDeep };
  let lines: string[] = [];
  for await (const entry of untilStopped<StoredEntry>(context, entries)) {
    lines.push(entryLine(entry, options));
    if (lines.length < LINES_AT_ONCE) continue;
    await printLines(context, lines);
    lines = [];
  }
  await printLines(context, lines);
  return EXIT.done;
}

/** No more than is read: a list may be long. */
async function printLines({ surroundings, talk }: CommandContext, lines: readonly string[]): Promise<void> {
  talk.clear();
  if (lines.length > 0) await surroundings.writeBytes(new TextEncoder().encode(`${lines.join('\n')}\n`));
}

async function* untilStopped<T>({ run: { signal } }: CommandContext, pieces: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const piece of pieces) {
    if (signal.aborted) throw cancelled();
    yield piece;
  }
}

async function cat(
  context: CommandContext,
  app: StoreApp,
  { store, rest: [path = ''] }: StoreRequest,
): Promise<number> {
  const { surroundings, talk } = context;
  if (surroundings.stdout.isTerminal) throw notForEyes(store, path);
  talk.clear();
  for await (const piece of untilStopped(context, app.cat(store, pathInStore(path))))
    await surroundings.writeBytes(piece);
  return EXIT.done;
}

function notForEyes(store: BytePath, path: string): AppError {
  return new AppError('usage/bytes-on-terminal', 'A recording is no text for a terminal, so it is not printed there.', {
    kind: 'usage',
    hint: `Write it into a file or a player: reprise store cat ${shellWord(store)} ${shellWord(path)} | mpv -`,
  });
}

async function exportFiles(context: CommandContext, app: StoreApp, { store, rest }: StoreRequest): Promise<number> {
  const [target = '', ...paths] = rest;
  const [folder] = pathsOf(context, [target]) as [BytePath];
  const { onFile, failures, skips } = follow(context, false);
  const report = await app.export(store, folder, paths.map(pathInStore), { ...runOptions(context), onFile });
  const { files, skipped, failed, bytes } = report;
  context.log('info', 'store.exported', { store, folder, files, skipped, failed, bytes });
  if (hasOption(context, 'json')) printJson(context, storeExportDocument(report, failures));
  else {
    const { talk } = context;
    print(context, [exportSentence(report, skips, folder)]);
    const view = { ...viewOf(context, []), style: talk.style };
    for (const line of renderFailures(failures, talk.verbosity > 0, view)) talk.say(line);
  }
  return failed > 0 ? EXIT.someFailed : EXIT.done;
}

async function stat(context: CommandContext, app: StoreApp, { store }: StoreRequest): Promise<number> {
  const usage = await app.usage(store, runOptions(context));
  if (hasOption(context, 'json')) printJson(context, storeUsageDocument(usage));
  else print(context, renderUsage(usage, context.style));
  return EXIT.done;
}

/** What the process ends with where a file is hit. */
const CORRUPT = exitCodeOf(new AppError('store/damaged', '', { kind: 'corrupt' }));

async function verify(context: CommandContext, app: StoreApp, { store }: StoreRequest): Promise<number> {
  const readData = hasOption(context, 'read-data');
  const report = await app.verify(store, { ...runOptions(context), readData });
  const { files, blobs, bytesRead, hit, problems } = report;
  const isGood = hit.length === 0 && problems.length === 0;
  const figures = { store, files, blobs, bytesRead, hit: hit.length, problems: problems.length };
  context.log(isGood ? 'info' : 'error', 'store.verified', figures);
  if (hasOption(context, 'json')) printJson(context, storeVerifyDocument(report, readData));
  else print(context, renderVerify(report, store, readData, context.style));
  return isGood ? EXIT.done : CORRUPT;
}

async function repair(context: CommandContext, app: StoreApp, { store }: StoreRequest): Promise<number> {
  const dryRun = hasOption(context, 'dry-run');
  const report = await app.repair(store, { ...runOptions(context), dryRun });
  const { isRebuilt, lostRows, foundFiles, indexedBlobs, hit } = report;
  const figures = { store, rebuilt: isRebuilt ? 1 : 0, lostRows, foundFiles, indexedBlobs, hit: hit.length };
  if (!dryRun) context.log('warning', 'store.repaired', figures);
  if (hasOption(context, 'json')) printJson(context, storeRepairDocument(report, dryRun));
  else print(context, renderRepair(report, dryRun, context.style));
  return hit.length > 0 ? CORRUPT : EXIT.done;
}

async function gc(context: CommandContext, app: StoreApp, { store }: StoreRequest): Promise<number> {
  const dryRun = hasOption(context, 'dry-run');
  const report = await app.collect(store, { ...runOptions(context), dryRun });
  const { packBytesBefore, packBytesAfter, packsRemoved, keptDamaged } = report;
  if (!dryRun) context.log('info', 'store.collected', { store, packBytesBefore, packBytesAfter, packsRemoved });
  if (hasOption(context, 'json')) printJson(context, storeCollectDocument(report, dryRun));
  else print(context, renderCollect(report, dryRun, context.style));
  return keptDamaged.length > 0 ? EXIT.someFailed : EXIT.done;
}
