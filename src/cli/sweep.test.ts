/** `sweep` on a scripted terminal: what it asks for, and what it does with the answer. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ItemReport } from '#filing';
import { AppError } from '#kernel';
import type { SweepReport, SweepRequest } from '#sweep';
import { sweepPlan, sweepSummary } from '../../test/golden/cli-samples.ts';
import { type Session, scripted } from '../../test/support/command-session.ts';
import type { ApplyRunOptions } from './filing-app.ts';
import { runCommandLine } from './run.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reprise-sweep-cli-'));
});
afterEach(() => rmSync(home, { recursive: true }));

interface Seen {
  readonly session: Session;
  readonly requests: SweepRequest[];
  readonly threads: (number | undefined)[];
  readonly applied: ApplyRunOptions[];
  readonly code: number;
}

async function run(args: readonly string[], report: Partial<SweepReport> = {}, failed = false): Promise<Seen> {
  const requests: SweepRequest[] = [];
  const threads: (number | undefined)[] = [];
  const applied: ApplyRunOptions[] = [];
  const { plan } = sweepPlan;
  const session = scripted(home, ['sweep', ...args], {
    sweep: {
      planSweep: async (request, options) => {
        requests.push(request);
        threads.push(options.threads);
        options.onTrouble('something is forgotten');
        return { plan, summary: sweepSummary, skipped: [], failures: [], ...report };
      },
    },
    app: {
      applyPlan: async ({ items }, options) => {
        applied.push(options);
        const error = failed ? new AppError('filing/changed', 'a.mp3 has changed.', { kind: 'conflict' }) : null;
        const reports = items.map((item): ItemReport => {
          return { item, outcome: failed ? 'failed' : 'done', now: null, error, remarks: [] };
        });
        for (const each of reports) options.onFiled(each);
        return { plan, items: reports };
      },
    },
  });
  const code = await runCommandLine(session.surroundings);
  return { session, requests, threads, applied, code };
}

const usual = ['--source', '/in', '--output', '/out'];

describe('sweep', () => {
  it('asks for what was said, with defaults for the rest', async () => {
    const { requests, threads, code, applied } = await run([
      '--reference',
      '/a',
      '/b',
      '--source',
      'in',
      '--output',
      '/out',
    ]);
    expect(requests).toEqual([
      {
        ...{
          references: ['/a', '/b'],
          sources: ['/music/in'],
          output: '/out',
          by: 'bytes',
          mode: 'move',
          layout: 'keep',
        },
        filter: { extensions: null, include: [], exclude: [], ignoreFiles: [] },
        hashing: { algorithm: 'sha256', mostBytes: null, blockBytes: 65_536 },
        retries: { times: 3, delaySeconds: 1 },
        command: 'sweep --reference /a --reference /b --source in --output /out',
      },
    ]);
    expect([threads, code, applied]).toEqual([[undefined], 0, []]);
  });

  it('passes every option on', async () => {
    const words = '--by audio --mode trash --flatten --extensions .MP3,flac --include *.bin --exclude a --exclude b';
    const more =
      '--hash-algorithm SHA512 --max-hash-bytes 10MiB --block-size 1MiB --threads 4 --retries 0 --retry-delay 0.5';
    const { requests, threads } = await run(['--source', '/in', ...words.split(' '), ...more.split(' ')]);
    expect(requests[0]).toMatchObject({
      ...{ by: 'audio', mode: 'trash', layout: 'flat', output: null },
      filter: { extensions: ['mp3', 'flac'], include: ['*.bin'], exclude: ['a', 'b'] },
      hashing: { algorithm: 'sha512', mostBytes: 10 * 2 ** 20, blockBytes: 2 ** 20 },
      retries: { times: 0, delaySeconds: 0.5 },
    });
    expect(threads).toEqual([4]);
  });

  it('tries again as the settings say, unless the command does', async () => {
    const config = join(home, 'reprise.toml');
    writeFileSync(config, '[filing]\nretries = 7\nretryDelaySeconds = 0.25\n');
    const { requests } = await run([...usual, '--config', config]);
    expect(requests[0]?.retries).toEqual({ times: 7, delaySeconds: 0.25 });
    const said = await run([...usual, '--config', config, '--retries', '1']);
    expect(said.requests[0]?.retries).toEqual({ times: 1, delaySeconds: 0.25 });
  });

  it('takes 0 for a hash of all bytes, as the program that it follows did', async () => {
    expect((await run([...usual, '--max-hash-bytes', '0'])).requests[0]?.hashing.mostBytes).toBeNull();
  });

  it('prints the plan and does nothing until it is told to', async () => {
    const { session, applied, code } = await run(usual);
    expect(session.out.join('')).toContain('★ keep');
    expect(session.talk.join('')).toContain('Nothing was changed');
    expect(session.talk.join('')).toContain('something is forgotten');
    expect([applied, code]).toEqual([[], 0]);
  });

  it('applies the plan that it printed, and says how to take it back', async () => {
    const { session, applied, code } = await run([...usual, '--apply', '--threads', '2', '--retry-delay', '2']);
    expect(applied).toMatchObject([{ dryRun: false, threads: 2, retryDelayMs: 2000 }]);
    expect(session.out.join('')).toContain('4 items done');
    expect(session.talk.join('')).toContain('To take it back: reprise undo --plan');
    expect(code).toBe(0);
  });

  it('names what could not be done, and ends with 3', async () => {
    const { session, code } = await run([...usual, '--apply'], {}, true);
    expect(session.out.join('')).toContain('a.mp3 has changed.');
    // Nothing could be done, so the first reason counts.
    expect(code).toBe(5);
  });

  it('ends with 3 where files could not be read, also without --apply', async () => {
    const failure = { path: '/in/a.mp3' as never, code: 'files/denied', message: '/in/a.mp3 may not be read.' };
    const { session, code } = await run(usual, { failures: [failure] });
    expect(session.talk.join('')).toContain('files/denied');
    expect(code).toBe(3);
  });

  it('applies nothing where there is nothing', async () => {
    const { applied, code } = await run([...usual, '--apply'], { plan: { ...sweepPlan.plan, items: [] } });
    expect([applied, code]).toEqual([[], 0]);
  });

  it('logs what would be done, with exact names', async () => {
    const log = join(home, 'log');
    await run([...usual, '--log-file', log]);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    expect(lines.filter((line) => line.includes(' plan.item '))).toHaveLength(4);
    expect(lines.find((line) => line.includes('n=3 '))).toContain(
      "path=$'/music/incoming/evil\\e[31m\\nname \\xff.mp3'",
    );
  });

  it.each([
    [['--threads', 'many'], '--threads must be a whole number'],
    [['--retries', '-1'], '--retries must be a whole number'],
    [['--retry-delay', 'soon'], 'a number of seconds'],
    [['--retry-delay', '3601'], 'a number of seconds'],
    [['--by', 'name'], 'must be one of bytes, audio, recording'],
    [['--block-size', 'big'], 'must be a size'],
  ])('refuses %j', async (args, message) => {
    const { session, code } = await run([...usual, ...args]);
    expect(code).toBe(2);
    expect(session.talk.join('')).toContain(message);
  });
});
