/** Runs tries upon a store in several processes, and sees to it that one which crashes or hangs is a failure of its try. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Chosen: as many as a small machine has cores. */
const PROCESSES = 2;
/** A try that says nothing for so long hangs. Chosen: a hundred times what one takes. */
const MOST_MS = 120_000;
/** Failures that are told. */
const TOLD = 20;

export interface Tries {
  readonly count: number;
  /** The first of them, each with what was done to the store. */
  readonly failures: readonly string[];
  /** How many results have this. */
  counted(has: (result: Readonly<Record<string, unknown>>) => boolean): number;
}

/** @param numbers what follows SEED in `damaged-store-process.ts` */
export async function runTries(
  mode: 'flips' | 'damages',
  store: string,
  seed: number,
  ...numbers: number[]
): Promise<Tries> {
  const results: Record<string, unknown>[] = [];
  const failures: string[] = [];
  const run = async (first: number): Promise<void> => {
    const script = path.resolve('test/support/damaged-store-process.ts');
    const words = [mode, store, `${store}-${first}`, first, PROCESSES, seed, ...numbers].map(String);
    const options = ['--conditions=source', '--disable-warning=ExperimentalWarning', script, ...words];
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    let complaint = '';
    child.stderr.on('data', (piece) => {
      complaint += String(piece);
    });
    let begun = 'the first';
    const hang = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
    for await (const line of createInterface({ input: child.stdout })) {
      hang.refresh();
      if (!line.startsWith('{')) {
        begun = `try ${line}`;
        continue;
      }
      const result = JSON.parse(line) as { n: number; what: unknown; failures: string[] };
      results.push(result);
      for (const failure of result.failures)
        failures.push(`Try ${result.n}, ${JSON.stringify(result.what)}: ${failure.slice(0, 1000)}`);
    }
    clearTimeout(hang);
    const [code, signal] = await ended;
    if (code !== 0) failures.push(`It ended with ${code ?? signal} at ${begun}: ${complaint.slice(0, 1000)}`);
  };
  await Promise.all(Array.from({ length: PROCESSES }, (_, first) => run(first)));
  return {
    count: results.length,
    failures: failures.slice(0, TOLD),
    counted: (has) => results.filter(has).length,
  };
}
