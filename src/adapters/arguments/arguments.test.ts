import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exactArguments, exactWorkingFolder } from './index.ts';

const adapter = fileURLToPath(new URL('./index.ts', import.meta.url));
const program = `
  const { exactArguments } = await import(process.env.ADAPTER);
  console.log(JSON.stringify(exactArguments(process.argv.slice(1), process.env.LAUNCHER)));`;

/** Runs the adapter in a process whose arguments are bytes that only a shell can pass. */
function run(words: string, environment: Record<string, string> = {}): unknown {
  const script = `exec "$0" --conditions=source --input-type=module -e "$PROGRAM" -- ${words}`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', script, process.execPath], {
    env: { PATH: process.env['PATH'] ?? '', PROGRAM: program, ADAPTER: adapter, ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(stdout);
}

describe.skipIf(process.platform !== 'linux')('exactArguments (only where /proc is)', () => {
  it('gives back bytes that are no UTF-8', () => {
    expect(run(`plain $'a\\xffb' $'\\xf0\\x9f\\x8e x' $'\\xc3\\xa9' ''`)).toEqual([
      ...['plain', 'a\udcffb', '\udcf0\udc9f\udc8e x', 'é', ''],
    ]);
  });

  it('keeps what Node says where the other process has other arguments', () => {
    expect(run(`$'a\\xff'`, { LAUNCHER: '1' })).toEqual(['a\ufffd']);
    expect(run(`$'a\\xff'`, { LAUNCHER: 'none' })).toEqual(['a\udcff']);
  });
});

describe('without anything to recover', () => {
  it('changes nothing', () => {
    expect(exactArguments(['not', 'ours'])).toEqual(['not', 'ours']);
    expect(exactWorkingFolder('/music')).toBe('/music');
  });
});
