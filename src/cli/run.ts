/**
 * The command line from arguments to exit code. `--help` and `--version` load nothing but this file and
 * what it imports at its top; everything else is loaded by the command that needs it.
 */
import { AppError, cancelled } from '#kernel';
import type { App } from './app.ts';
import { type Invocation, parseArguments } from './arguments.ts';
import type { CommandContext, CommandRun } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { commandHelp, generalHelp } from './help.ts';
import type { Surroundings } from './surroundings.ts';

/** Does what the arguments say and returns the exit code. Never throws. */
export async function runCommandLine(surroundings: Surroundings): Promise<number> {
  try {
    const invocation = parseArguments(surroundings.args);
    const { command, options } = invocation;
    if (options.has('version')) return show(surroundings, `reprise ${surroundings.version}\n`);
    if (options.has('help')) {
      return show(surroundings, command ? commandHelp(command) : generalHelp(surroundings.version));
    }
    if (!command) throw noCommand();
    return await runCommand(surroundings, invocation);
  } catch (error) {
    const { errorText } = await import('./talk.ts');
    const { createStyle, wantsColor } = await import('./terminal/style.ts');
    const colored = wantsColor('auto', surroundings.environment, surroundings.stderr);
    surroundings.stderr.write(errorText(error, createStyle(colored)));
    return exitCodeOf(error);
  }
}

function show({ stdout }: Surroundings, text: string): number {
  stdout.write(text);
  return EXIT.done;
}

function noCommand(): AppError {
  return new AppError('usage/no-command', 'Say what to do.', {
    kind: 'usage',
    hint: 'To look for duplicates: reprise find ~/Music. Everything else: reprise --help.',
  });
}

async function runCommand(surroundings: Surroundings, invocation: Invocation): Promise<number> {
  const { prepareContext } = await import('./prepare.ts');
  const { loadCommand } = await import('./commands/index.ts');
  const prepared = await prepareContext(surroundings, invocation);
  const run = await loadCommand(invocation.command?.name ?? '');
  try {
    return await withApp(prepared.context, surroundings, run);
  } catch (error) {
    prepared.context.talk.error(isInterruption(error) ? cancelled() : error);
    prepared.context.log('error', 'run.failed', { message: error instanceof Error ? error.message : String(error) });
    return prepared.exitCodeAfter(error);
  } finally {
    prepared.close();
  }
}

/** Whoever noticed it: the person reads one sentence and what to do. */
function isInterruption(error: unknown): boolean {
  return error instanceof AppError && error.kind === 'cancelled';
}

/** Runs the command and closes the library that it opened, whatever happens. */
async function withApp(
  context: Omit<CommandContext, 'openApp'>,
  surroundings: Surroundings,
  run: CommandRun,
): Promise<number> {
  let app: App | undefined;
  try {
    return await run({
      ...context,
      openApp: async () => {
        app ??= await surroundings.createApp(context.resolved, context.talk.warn);
        return app;
      },
    });
  } finally {
    await app?.[Symbol.asyncDispose]();
  }
}
