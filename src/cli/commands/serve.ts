import type { CommandContext, CommandRun } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { createLog } from '../log.ts';
import type { Log } from '../log-type.ts';
import { redacted } from '../redact.ts';

export const runServe: CommandRun = (context) => runDaemon(context, true);

/** Ends with "done" when it was asked to end: for a daemon that is no interruption. */
export async function runDaemon(context: CommandContext, isOnNetwork: boolean): Promise<number> {
  const { surroundings, resolved, run } = context;
  const { environment } = surroundings;
  const log = await daemonLog(context);
  let isClean: boolean;
  {
    await using daemon = await surroundings.createDaemon(resolved, { log, environment, isOnNetwork });
    for (const place of daemon.places) log('info', 'daemon.listening', { place });
    isClean = await daemon.run(run.signal);
  }
  log('info', 'daemon.ended');
  // What was given up may still be about, and is not waited for.
  if (!isClean) surroundings.exitNow(EXIT.done);
  return EXIT.done;
}

/** The log as every command has it, and the same on standard error. */
async function daemonLog({ surroundings, resolved, log, talk }: CommandContext): Promise<Log> {
  const { stderr, now } = surroundings;
  const { level } = resolved.settings.log;
  const write = (line: string): void => stderr.write(line);
  const shown = stderr.isTerminal
    ? createLog({ write, close: () => {} }, level, now)
    : await surroundings.openJsonLog(level, write);
  return (at, event, fields = {}) => {
    talk.clear();
    log(at, event, fields);
    shown(at, event, redacted(fields));
  };
}
