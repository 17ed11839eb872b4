/** `store import`: takes in, tells of each file, and lets the sources go where that is wanted. */
import type { Plan } from '#filing';
import { type BytePath, folderOf, isUnder } from '#kernel';
import type { ImportedFile, ImportReport } from '#store';
import { assertCanConfirm, isConfirmed } from './confirm.ts';
import { type CommandContext, hasOption, print, printJson, viewOf } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { appliedDocument } from './filing-documents.ts';
import { applyAndLog, exitCodeOfItems } from './filing-run.ts';
import { renderFailures } from './render/failures.ts';
import { renderApplied, undoCommand } from './render/filing.ts';
import { importSentence, type Skips } from './render/store.ts';
import type { StoreApp, StoreImportOptions } from './store-app.ts';
import { type FailedFile, storeImportDocument } from './store-documents.ts';
import type { ImportFrom, StoreImportRequest } from './store-request.ts';
import { safeText, shellWord } from './terminal/safe-text.ts';
import { counted, sizeText } from './terminal/units.ts';

const WHY_YES = 'Add --yes if the files shall go into the trash.';

/** @returns the exit code */
export async function importAndTell(
  context: CommandContext,
  app: StoreApp,
  store: BytePath,
  request: StoreImportRequest,
): Promise<number> {
  const { from, dryRun, isThorough, deletes, quietSeconds } = request;
  const { talk } = context;
  // Before hours of work, not after.
  if (deletes && !dryRun) assertCanConfirm(context, WHY_YES);
  const followed = follow(context, from.kind === 'watch');
  const held: ImportedFile[] = [];
  if (from.kind === 'watch') talk.say(talk.style.faint(`Watching ${shellWord(from.folder)}, until Ctrl-C.`));
  const report = await importFrom(app, store, request, {
    ...{ signal: context.run.signal, progress: context.run.progress },
    ...{ dryRun, isThorough },
    onFile: (file) => {
      followed.onFile(file);
      if (deletes && file.outcome.kind === 'done') held.push(file);
    },
  });
  logReport(context, report, dryRun);
  const isJson = hasOption(context, 'json');
  if (!isJson) print(context, [importSentence(report, followed.skips, dryRun)]);
  const { failures } = followed;
  const seen = viewOf(context, placesOf(from));
  for (const line of renderFailures(failures, talk.verbosity > 0, { ...seen, style: talk.style })) talk.say(line);
  const isDone = dryRun || from.kind !== 'paths';
  const gone = isDone ? NOTHING : await letGo(context, app, store, { paths: from.paths, held, quietSeconds });
  if (isJson) printJson(context, storeImportDocument(report, failures, { dryRun, applied: gone.applied }));
  if (deletes && dryRun) talk.say(talk.style.faint('Without --dry-run those files would then go into the trash.'));
  return report.failed > 0 ? EXIT.someFailed : gone.code;
}

function importFrom(
  app: StoreApp,
  store: BytePath,
  { from, quietSeconds }: StoreImportRequest,
  options: StoreImportOptions,
): Promise<ImportReport> {
  switch (from.kind) {
    case 'paths':
      return app.import(store, from.paths, options);
    case 'ripfs':
      return app.importRipfs(store, from.old, options);
    case 'watch':
      return app.watch(store, from.folder, { ...options, quietSeconds });
  }
}

function placesOf(from: ImportFrom): readonly BytePath[] {
  if (from.kind === 'paths') return from.paths;
  return [from.kind === 'watch' ? from.folder : from.old];
}

interface Followed {
  readonly onFile: (file: ImportedFile) => void;
  readonly failures: readonly FailedFile[];
  readonly skips: Skips;
}

/** Tells and logs what becomes of each file; who watches sees each that comes in. */
export function follow({ talk, log }: CommandContext, isWatching: boolean): Followed {
  const failures: FailedFile[] = [];
  const skips = new Map<string, number>();
  const onFile = ({ source, path, sizeBytes, outcome }: ImportedFile): void => {
    const word = shellWord(source);
    switch (outcome.kind) {
      case 'failed': {
        const { code, message } = outcome.failure;
        failures.push({ path: source, code, message });
        log('warning', 'file.failed', { path: source, code, reason: message });
        talk.say(talk.style.warning(`failed   ${word}: ${safeText(message)}`), isWatching ? 0 : 1);
        return;
      }
      case 'skipped':
        skips.set(outcome.reason, (skips.get(outcome.reason) ?? 0) + 1);
        log('debug', 'file.skipped', { path: source, reason: outcome.reason });
        talk.say(`skipped  ${word}: ${safeText(outcome.reason)}`, 2);
        return;
      case 'done': {
        const { newBytes, isRenamed, contentHash } = outcome.value;
        log('info', 'file.done', { path: source, ...(path && { stored: path }), newBytes, contentHash });
        const as = isRenamed && path !== null ? `, as ${shellWord(path)}` : '';
        talk.say(`done     ${word}: ${sizeText(sizeBytes)}, ${sizeText(newBytes)} new${as}`, isWatching ? 0 : 1);
      }
    }
  };
  return { onFile, failures, skips };
}

function logReport({ log }: CommandContext, report: ImportReport, dryRun: boolean): void {
  const { files, imported, skipped, failed, renamed, bytes, newBytes } = report;
  const figures = { files, imported, skipped, failed, renamed, bytes, newBytes };
  log('info', dryRun ? 'store.estimated' : 'store.imported', figures);
}

interface Gone {
  readonly applied: object | undefined;
  readonly code: number;
}

const NOTHING: Gone = { applied: undefined, code: EXIT.done };

/** Where streamripper keeps what it is still recording. */
const UNFINISHED = 'incomplete';
const NS_PER_MS = 1_000_000n;

/** Somebody may be writing to it still, and would go on writing into the trash. */
function isGrowing({ source, outcome }: ImportedFile, named: readonly BytePath[], before: bigint): boolean {
  if (outcome.kind === 'done' && outcome.value.mtimeNs > before) return true;
  const [top = source] = named.filter((path) => isUnder(source, path));
  return folderOf(source).slice(top.length).split('/').includes(UNFINISHED);
}

interface Going {
  readonly paths: readonly BytePath[];
  /** What the store holds of them now. */
  readonly held: readonly ImportedFile[];
  readonly quietSeconds: number;
}

/** The store has every byte of these: into the trash with them, if the person agrees. */
async function letGo(context: CommandContext, app: StoreApp, store: BytePath, going: Going): Promise<Gone> {
  const { talk, surroundings } = context;
  const { paths, held, quietSeconds } = going;
  const before = BigInt(surroundings.now() - Math.ceil(quietSeconds * 1000)) * NS_PER_MS;
  const whole = held.filter((file) => !isGrowing(file, paths, before));
  const growing = held.length - whole.length;
  if (growing > 0) {
    const stay = counted(growing, 'file stays where it is', 'files stay where they are');
    talk.say(`${stay}: changed less than ${quietSeconds} s ago, or in a folder "${UNFINISHED}".`);
  }
  if (whole.length === 0) return NOTHING;
  const command = `store import ${[store, ...paths].map(shellWord).join(' ')} --delete-source`;
  const plan = await app.planTrash(store, paths, whole, command);
  const what = `${counted(plan.items.length, 'file')}, ${sizeText(bytesOf(plan))}`;
  if (!(await isConfirmed(context, `Put ${what}, into the trash? The store has every byte of them. [y/N] `, WHY_YES))) {
    talk.say('Nothing was put into the trash.');
    return NOTHING;
  }
  const report = await applyAndLog(context, plan);
  if (!hasOption(context, 'json')) print(context, renderApplied(report, false, viewOf(context, plan.roots)));
  if (report.items.some(({ outcome }) => outcome === 'done')) {
    talk.say(talk.style.faint(`The files lie in the trash. To bring them back: ${undoCommand(plan.id)}`));
    talk.say(talk.style.faint('Their space is won by: reprise trash empty'));
  }
  return { applied: appliedDocument(report, false), code: exitCodeOfItems(report) };
}

function bytesOf({ items }: Plan): number {
  return items.reduce((sum, { source }) => sum + source.sizeBytes, 0);
}
