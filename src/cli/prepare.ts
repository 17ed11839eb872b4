/** Makes what every command works with: settings, talk, log, and the way to interrupt it. */
import { type FlagSettings, loadSettings, type ResolvedSettings, type SettingKey } from '#config';
import { AppError, type BytePath } from '#kernel';
import type { Invocation } from './arguments.ts';
import { type CommandContext, tellItems } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { createLog, noLog } from './log.ts';
import type { Log } from './log-type.ts';
import type { Surroundings } from './surroundings.ts';
import { createTalk, type Talk } from './talk.ts';
import { createStyle, wantsColor } from './terminal/style.ts';

export interface Prepared {
  readonly context: Omit<CommandContext, 'openApp'>;
  /** Like {@link exitCodeOf}, and tells how the run was interrupted. */
  exitCodeAfter(error: unknown): number;
  close(): void;
}

/** Flags that are settings by another name. */
const FLAG_SETTINGS: readonly (readonly [flag: string, key: SettingKey])[] = [
  ['data', 'data'],
  ['workers', 'workers'],
  ['color', 'output.color'],
  ['host', 'serve.host'],
  ['port', 'serve.port'],
  ['log-file', 'log.file'],
  ['log-level', 'log.level'],
];

/** @throws AppError `config/…`, `log/…` */
export async function prepareContext(surroundings: Surroundings, invocation: Invocation): Promise<Prepared> {
  const { environment, stdout, stderr } = surroundings;
  const resolved = await resolve(surroundings, invocation);
  const { color, progress } = resolved.settings.output;
  const { options } = invocation;
  const talk = createTalk({
    output: stderr,
    colored: wantsColor(color, environment, stderr),
    verbosity: options.has('quiet') || isService(surroundings, invocation) ? -1 : (options.get('verbose')?.length ?? 0),
    showsProgress: progress === 'auto',
    now: surroundings.now,
  });
  for (const warning of resolved.warnings) talk.say(talk.style.warning(warning), 1);
  const { log, close } = await openLog(surroundings, resolved);
  log('info', 'run.started', { command: invocation.command?.name ?? '', version: surroundings.version });
  const interruption = listen(surroundings, talk, log);
  const run = { signal: interruption.signal, progress: talk.progress, onItem: tellItems(talk, log) };
  const style = createStyle(wantsColor(color, environment, stdout));
  return {
    context: { invocation, resolved, surroundings, talk, log, style, run },
    exitCodeAfter: interruption.exitCodeAfter,
    close: () => {
      talk.clear();
      close();
    },
  };
}

/** Whose standard error is a log for programs. */
function isService({ stderr }: Surroundings, { command, operands }: Invocation): boolean {
  const isDaemon = command?.name === 'serve' || (command?.name === 'gate' && operands[0] === 'watch');
  return isDaemon && !stderr.isTerminal;
}

async function resolve(surroundings: Surroundings, { options, command }: Invocation): Promise<ResolvedSettings> {
  const flags = new Map(
    FLAG_SETTINGS.flatMap(([flag, key]) => {
      const text = options.get(flag)?.at(-1);
      return text === undefined ? [] : [[key, { flag: `--${flag}`, text }] as const];
    }),
  ) as FlagSettings;
  const { environment } = surroundings;
  return loadSettings(
    {
      flags: options.has('no-progress') ? withoutProgress(flags) : flags,
      environment,
      machine: surroundings.machine(),
      configFlag: options.get('config')?.at(-1),
      profileFlag: options.get('profile')?.at(-1),
      // `config init` is there to make the file.
      mayBeMissing: command?.name === 'config',
    },
    await surroundings.openSettingsFiles(),
  );
}

function withoutProgress(flags: FlagSettings): FlagSettings {
  return new Map([...flags, ['output.progress', { flag: '--no-progress', text: 'never' }]]);
}

async function openLog(
  { openTextFile, now }: Surroundings,
  { settings }: ResolvedSettings,
): Promise<{ log: Log; close: () => void }> {
  const { file, level } = settings.log;
  if (file === null) return { log: noLog, close: () => {} };
  const opened = await openTextFile(file as BytePath, 'append');
  return { log: createLog(opened, level, now), close: () => opened.close() };
}

/** npm passes on a signal that the terminal has sent to everybody already: what follows so soon is the same one. */
const SAME_SIGNAL_MS = 500;

/** The first Ctrl-C ends the work in hand in good order, the second ends the process. */
function listen(
  { onInterrupt, exitNow, now }: Surroundings,
  talk: Talk,
  log: Log,
): { readonly signal: AbortSignal; readonly exitCodeAfter: (error: unknown) => number } {
  const controller = new AbortController();
  let code: number = EXIT.interrupted;
  let firstAt = Number.POSITIVE_INFINITY;
  onInterrupt((name) => {
    if (controller.signal.aborted) {
      if (now() - firstAt > SAME_SIGNAL_MS) exitNow(code);
      return;
    }
    firstAt = now();
    code = name === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
    talk.say('Stopping; what is done is kept. Once more stops at once.');
    log('warning', 'run.interrupted', { signal: name });
    controller.abort();
  });
  const isInterruption = (error: unknown): boolean => error instanceof AppError && error.kind === 'cancelled';
  return {
    signal: controller.signal,
    exitCodeAfter: (error) => (isInterruption(error) ? code : exitCodeOf(error)),
  };
}
