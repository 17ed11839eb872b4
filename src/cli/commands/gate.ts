import type { GateVerdict, ImportRequest, JobFile } from '#gate';
import { AppError, type BytePath, pathFromBytes } from '#kernel';
import {
  type CommandContext,
  type CommandRun,
  hasOption,
  optionValues,
  print,
  printJson,
  printText,
} from '../context.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import type { GateImportOptions } from '../gate-app.ts';
import { jobDocument, jobsDocument, troubleLine, verdictLine } from '../gate-documents.ts';
import { exitCodeOfVerdict, weightiestCode } from '../gate-exit.ts';
import { serveLines } from '../gate-stdio.ts';
import { countOf, pathsOf } from '../operands.ts';
import { renderJob, renderJobs, renderVerdict } from '../render/gate.ts';
import { safeText, shellWord } from '../terminal/safe-text.ts';

export const runGate: CommandRun = async (context) => {
  const [word, ...operands] = context.invocation.operands;
  if (hasOption(context, 'stdio')) return serveLines(context);
  switch (word) {
    case 'check':
      return check(context, await namedPaths(context, operands));
    case 'import':
      return takeIn(context, { ...(await request(context, operands)), lane: 'live' });
    case 'backfill': {
      const orderBy = optionValues(context, 'order').at(-1) === 'number' ? 'number' : 'newest';
      return takeIn(context, { ...(await request(context, operands)), lane: 'backfill', orderBy });
    }
    case 'watch':
      if (context.resolved.settings.inboxes.length === 0) throw nothingToWatch();
      return (await import('./serve.ts')).runDaemon(context, false);
    case 'jobs':
      return jobs(context, operands);
    case 'admit':
      return admit(context, pathsOf(context, atLeastOne('admit', operands)));
    default:
      throw usage(
        'usage/unknown-action',
        word === undefined ? 'Say what the gate shall do.' : `"gate" cannot "${word}".`,
      );
  }
};

function usage(
  code: string,
  message: string,
  hint = 'It is one of check, import, backfill, watch, jobs, admit.',
): AppError {
  return new AppError(code, message, { kind: 'usage', hint });
}

function nothingToWatch(): AppError {
  return new AppError('gate/nothing-to-watch', 'The settings name no inbox, so there is nothing to watch.', {
    kind: 'usage',
    hint: 'Name one: [inboxes.downloads] with path = "~/Downloads". See docs/guide/gate.md.',
  });
}

function atLeastOne(word: string, operands: readonly string[]): readonly string[] {
  if (operands.length > 0) return operands;
  throw usage('usage/too-few', `"gate ${word}" needs a path.`, `Write: reprise gate ${word} PATH…`);
}

/** Paths of the command line; `-` stands for those that are read. */
async function namedPaths(context: CommandContext, operands: readonly string[]): Promise<readonly BytePath[]> {
  const file = optionValues(context, 'order-file').at(-1);
  if (operands.length === 0 && file === undefined) atLeastOne(context.invocation.operands[0] ?? '', operands);
  const paths: BytePath[] = [];
  for (const operand of operands) {
    paths.push(...(operand === '-' ? await readPaths(context, undefined) : pathsOf(context, [operand])));
  }
  if (file !== undefined) {
    const [path] = file === '-' ? [undefined] : pathsOf(context, [file]);
    paths.push(...(await readPaths(context, path)));
  }
  return paths;
}

const NUL = 0;
const LINE_FEED = 10;

/** One path a line, byte for byte; or up to each NUL where the list has one. */
async function readPaths(context: CommandContext, file: BytePath | undefined): Promise<readonly BytePath[]> {
  const bytes = await context.surroundings.readBytes(file);
  const end = hasOption(context, 'null') || bytes.includes(NUL) ? NUL : LINE_FEED;
  const names: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(end, from);
    const to = at < 0 ? bytes.length : at;
    if (to > from) names.push(pathFromBytes(bytes.subarray(from, to)));
    from = to + 1;
  }
  return pathsOf(context, names);
}

async function check(context: CommandContext, paths: readonly BytePath[]): Promise<number> {
  const app = await context.openApp();
  const [inbox] = optionValues(context, 'inbox');
  const codes: number[] = [];
  for (const path of paths) {
    try {
      const verdict = await app.gateCheck(path, { signal: context.run.signal, ...(inbox !== undefined && { inbox }) });
      tell(context, verdict);
      codes.push(exitCodeOfVerdict(verdict.verdict));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
      tellTrouble(context, path, error);
      codes.push(exitCodeOf(error));
    }
  }
  return weightiestCode(codes);
}

function tell(context: CommandContext, verdict: GateVerdict): void {
  const { talk, log } = context;
  const { path, verdict: word, of, placed, reasons } = verdict;
  log('info', `gate.${word}`, { path, ...(of && { of }), ...(placed && { placed }), reason: reasons[0] ?? '' });
  if (hasOption(context, 'json')) printText(context, verdictLine(verdict));
  else print(context, renderVerdict(verdict, talk.verbosity > 0, context.style));
}

function tellTrouble(
  context: CommandContext,
  path: BytePath,
  error: { readonly code: string; readonly message: string },
): void {
  context.log('warning', 'file.failed', { path, code: error.code, reason: error.message });
  if (hasOption(context, 'json')) printText(context, troubleLine(path, error));
  const { code, message } = error;
  context.talk.error(error instanceof AppError ? error : new AppError(code, message, { kind: 'conflict' }));
}

async function request(
  context: CommandContext,
  operands: readonly string[],
): Promise<Pick<ImportRequest, 'files' | 'askedBy' | 'inbox'>> {
  const [source] = optionValues(context, 'source');
  const [inbox] = optionValues(context, 'inbox');
  const paths = await namedPaths(context, operands);
  return {
    files: paths.map((path) => ({ path, ...(source !== undefined && { source }) })),
    askedBy: 'cli',
    ...(inbox !== undefined && { inbox }),
  };
}

async function takeIn(context: CommandContext, asked: ImportRequest): Promise<number> {
  const { run } = context;
  const rate = optionValues(context, 'rate').at(-1);
  const perMinute = rate === undefined ? undefined : countOf('rate', rate, [1, 1_000_000]);
  const app = await context.openApp();
  if (hasOption(context, 'dry-run')) {
    let failed = 0;
    const onTrouble = (path: BytePath, error: AppError): void => {
      failed++;
      tellTrouble(context, path, error);
    };
    for await (const verdict of app.gateRehearse(asked, { signal: run.signal, onTrouble })) tell(context, verdict);
    return failed > 0 ? EXIT.someFailed : EXIT.done;
  }
  const options = { ...following(context), ...(perMinute !== undefined && { perMinute }) };
  return tellFiles(context, app.gateImport(asked, options));
}

/** A wait of minutes for a full disk should not look like one for nothing. */
function following({ run, talk, log, surroundings }: CommandContext): GateImportOptions {
  return {
    signal: run.signal,
    onRetry: (path, { message }, at) => {
      const seconds = Math.max(0, Math.round((at - surroundings.now()) / 1000));
      log('warning', 'file.waits', { path, reason: message, seconds });
      talk.warn(`${safeText(message)} ${shellWord(path)} is tried again in ${seconds} s.`);
    },
  };
}

async function tellFiles(context: CommandContext, files: AsyncIterable<JobFile>): Promise<number> {
  let failed = 0;
  for await (const { path, verdict, error } of files) {
    if (verdict !== null) tell(context, verdict);
    if (error !== null) {
      failed++;
      tellTrouble(context, path, error);
    }
  }
  return failed > 0 ? EXIT.someFailed : EXIT.done;
}

async function admit(context: CommandContext, paths: readonly BytePath[]): Promise<number> {
  const app = await context.openApp();
  const codes: number[] = [];
  for (const path of paths) codes.push(await tellFiles(context, app.gateAdmit(path, following(context))));
  return weightiestCode(codes);
}

const MOST_JOBS = 50;

async function jobs(context: CommandContext, operands: readonly string[]): Promise<number> {
  const [id, more] = operands;
  if (more !== undefined) throw usage('usage/too-many', `"${more}" is one too many.`, 'Write: reprise gate jobs [ID]');
  const app = await context.openApp();
  if (hasOption(context, 'requeue')) {
    const requeued = await app.gateRequeue(id);
    if (hasOption(context, 'json')) printJson(context, { v: 1, requeued });
    else print(context, [`${requeued} ${requeued === 1 ? 'file waits' : 'files wait'} again.`]);
    return EXIT.done;
  }
  if (id === undefined) {
    const found = await app.gateJobs({ most: MOST_JOBS });
    if (hasOption(context, 'json')) printJson(context, jobsDocument(found));
    else print(context, renderJobs(found, context.style));
    return EXIT.done;
  }
  const job = await app.gateJob(id);
  if (job === undefined) {
    throw new AppError('gate/no-job', `There is no job ${id}.`, {
      kind: 'missing',
      hint: '"reprise gate jobs" lists the jobs.',
    });
  }
  if (hasOption(context, 'json')) printJson(context, jobDocument(job));
  else print(context, renderJob(job, context.style));
  return EXIT.done;
}
