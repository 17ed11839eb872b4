/** Runs cases of the POSIX table in a folder, by the program that does system calls as it is told. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { PosixCase } from './posix-case.ts';

/** What came of a case: for each step its answer, with lines of what was seen behind it. */
export type Outcome = readonly string[];

const MOST_MS = 1_800_000;

/**
 * @param program compiled `syscalls.c`
 * @param within where a folder for the cases is made, which is removed again
 * @returns outcomes by title
 * @throws Error where the program did not come to its end
 */
export async function runCases(
  program: string,
  within: string,
  cases: readonly PosixCase[],
): Promise<ReadonlyMap<string, Outcome>> {
  const folder = mkdtempSync(path.join(within, 'cases-'));
  try {
    const child = spawn(program, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'], timeout: MOST_MS });
    const ended = new Promise<number | null>(
      (resolve, reject) => void child.once('exit', resolve).once('error', reject),
    );
    // Who has ended early takes no more; how it ended is told below.
    child.stdin.on('error', () => undefined).end(cases.map(linesOf).join(''));
    const [printed, status] = await Promise.all([text(child.stdout), ended]);
    if (status !== 0) throw new Error(`The program ended with ${status}: ${printed.slice(-500)}`);
    return new Map(outcomesOf(printed).map((outcome, at) => [cases[at]?.title ?? '', outcome]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesOf({ steps }: PosixCase, at: number): string {
  return [`case ${at}`, ...steps.map(({ line }) => line), 'end', ''].join('\n');
}

function outcomesOf(printed: string): readonly Outcome[] {
  return printed
    .split(/^case \d+\n/m)
    .slice(1)
    .map((part) => part.split(/\n(?! {2})/).slice(0, -1));
}
