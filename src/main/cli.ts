/** The entry of the command line: joins it to this process, and loads the rest of the product when it is needed. */
import { availableParallelism, homedir } from 'node:os';
import { type Output, runCommandLine, type Surroundings } from '#cli';
import { VERSION } from './version.ts';

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns,
  };
}

/** One piece after the other: what is not read yet is not piled up. */
function writeBytes(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    // What goes wrong ends the process, see below.
    process.stdout.write(bytes, (error) => error ?? resolve());
  });
}

/** Who reads our output may stop reading (`reprise groups | head`); that is no error. A full disk is. */
function endQuietlyWhenUnread(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
      const why = isFull ? 'its disk is full' : error.message;
      if (stream === process.stdout) process.stderr.write(`reprise: The output cannot be written: ${why}.\n`);
      process.exit(isFull ? 8 : 7);
    });
  }
}

const LAUNCHER_WATCH_MS = 1000;

/** A launcher that is killed outright passes nothing on, and the work that nobody waits for would hold the catalogue. */
function whenOrphaned(stop: () => void): void {
  const launcher = Number(process.env['REPRISE_LAUNCHER']);
  if (!launcher) return;
  const watch = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(watch);
    stop();
  }, LAUNCHER_WATCH_MS);
  watch.unref();
}

async function exactArgs(): Promise<readonly string[]> {
  const args = process.argv.slice(2);
  if (!args.some((argument) => argument.includes('\ufffd'))) return args;
  const { exactArguments } = await import('../adapters/arguments/index.ts');
  return exactArguments(args, process.env['REPRISE_LAUNCHER']);
}

async function exactFolder(): Promise<string> {
  const folder = process.cwd();
  if (!folder.includes('\ufffd')) return folder;
  const { exactWorkingFolder } = await import('../adapters/arguments/index.ts');
  return exactWorkingFolder(folder);
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    reader.once('close', () => resolve(undefined));
    reader.question(question, (answer) => {
      resolve(answer);
      reader.close();
    });
  });
}

async function surroundingsOfProcess(): Promise<Surroundings> {
  const workingFolder = await exactFolder();
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    args: await exactArgs(),
    environment: process.env,
    version: VERSION,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    writeBytes,
    machine: () => ({
      cores: availableParallelism(),
      availableBytes: process.availableMemory(),
      homeFolder: homedir(),
      workingFolder,
    }),
    ...(canAsk && { ask }),
    onInterrupt: (handler) => {
      process.on('SIGINT', handler);
      process.on('SIGTERM', handler);
      whenOrphaned(() => handler('SIGTERM'));
    },
    exitNow: (code) => process.exit(code),
    now: () => Date.now(),
    openSettingsFiles: async () => (await import('../adapters/settings/index.ts')).createSettingsFiles(),
    openTextFile: async (path, mode) => (await import('../adapters/text-files/index.ts')).openTextFile(path, mode),
    readText: async (path) => (await import('../adapters/text-files/index.ts')).readText(path),
    readBytes: async (path) => (await import('../adapters/text-files/index.ts')).readBytes(path),
    readLines: async function* () {
      yield* (await import('../adapters/text-files/index.ts')).readLines();
    },
    prepareFile: async (path) => (await import('../adapters/text-files/index.ts')).prepareFile(path),
    openParquet: async (columns) => (await import('../adapters/parquet/index.ts')).createParquetEncoder(columns),
    openPictures: () => import('../adapters/pictures/index.ts'),
    openTokens: async ({ settings }) => (await import('./tokens.ts')).openTokensOf(settings),
    createDaemon: async (...asked) => (await import('./daemon.ts')).createDaemon(...asked),
    openJsonLog: async (...asked) => (await import('../adapters/json-log/index.ts')).createJsonLog(...asked),
    diagnose: async ({ settings }) => (await import('./diagnosis.ts')).diagnose(settings),
    createApp: async (...asked) => (await import('./client-app.ts')).openApp(...asked),
    createStoreApp: async () => (await import('./store-app.ts')).createStoreApp(),
    createSweepApp: async (...asked) => (await import('./client-app.ts')).openSweepApp(...asked),
  };
}

endQuietlyWhenUnread();
process.exitCode = await runCommandLine(await surroundingsOfProcess());
