/** Processes that work on a store and are meant to be killed, seen from outside; and what must hold after each. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StoreRecord, Told } from './store-claims.ts';
import type { ProcessPlace } from './store-process.ts';

export interface Life {
  /** It has opened the store and begins; or it has ended. */
  readonly ready: Promise<void>;
  /** When it has ended and all that it told is in the record. @returns what it said last, where nobody killed it */
  readonly ended: Promise<string | undefined>;
  /** When it has told so many lines, or has ended. */
  tells(lines: number): Promise<void>;
  kill(): void;
}

const SCRIPT = path.join(import.meta.dirname, 'store-process.ts');

export function startLife(place: ProcessPlace, record: StoreRecord): Life {
  const child = spawn(process.execPath, ['--conditions=source', SCRIPT, JSON.stringify(place)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache'), ...process.env },
  });
  const isReady = Promise.withResolvers<void>();
  const waiting: { lines: number; resolve: () => void }[] = [];
  let count = 0;
  let rest = '';
  let stderr = '';
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  child.stdout.on('data', (piece) => {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const told = JSON.parse(line) as Told;
      if ('ready' in told) isReady.resolve();
      else record.take(told);
    }
    count += lines.length;
    for (const { lines: wanted, resolve } of waiting) if (wanted <= count) resolve();
  });
  const ended = new Promise<string | undefined>((resolve) =>
    child.once('close', (code, signal) => {
      isReady.resolve();
      resolve(signal === 'SIGKILL' ? undefined : `It ended with ${signal ?? code}. ${stderr}`);
    }),
  );
  return {
    ready: isReady.promise,
    ended,
    async tells(lines) {
      const enough = new Promise<void>((resolve) => waiting.push({ lines, resolve }));
      await Promise.race([enough, ended]);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
