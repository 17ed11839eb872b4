/** The C programs of the mount tests: compiled when they are needed, into a place that is removed when the tests are over. */
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';

const COMPILERS = ['gcc', 'cc'];
/** Each act takes the same two parameters, whether it needs them or not. */
const FLAGS = ['-std=gnu11', '-O1', '-g', '-Wall', '-Wextra', '-Wno-unused-parameter'];

export interface CProgram extends Disposable {
  readonly path: string;
}

/**
 * @param sources in this folder; may be patterns
 * @throws Error with what the compiler said
 */
export function compile(sources: readonly string[], flags: readonly string[] = []): CProgram {
  const home = mkdtempSync(path.join(tmpdir(), 'reprise-compiled-'));
  const program = path.join(home, 'program');
  const files = globSync(sources as string[], { cwd: import.meta.dirname }).sort();
  execFileSync(compiler() as string, [...FLAGS, ...flags, '-o', program, ...files], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return { path: program, [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) };
}

/** `describe` for tests that need a C program; skipped with the reason in its title where none can be made. */
export function describeCompiled(title: string, tests: () => void): void {
  const obstacle = whyNot();
  if (obstacle === undefined) describe(title, tests);
  else describe.skip(`${title} [SKIPPED: ${obstacle}]`, tests);
}

/** In a sentence; `undefined` where there can be one. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return 'the system calls are those of Linux';
  if (compiler() === undefined) return 'there is no C compiler: install gcc';
  return undefined;
}

function compiler(): string | undefined {
  return COMPILERS.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}
