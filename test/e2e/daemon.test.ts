/** Commands beside a running daemon: it has the catalogue, and they say the same as without it. */
import { type ChildProcess, type SpawnSyncReturns, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '#adapters/sqlite';
import { systemClock } from '#kernel';
import { type DaemonProcess, spawnDaemon, startDaemon } from '../support/daemon-process.ts';
import { noise, pcmOf } from '../support/music.ts';
import { createWorkplace, fillWithMusic, PRODUCT, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

/** What differs from run to run. */
const VARYING = /"(id|made|plan|at|since|audioSeconds|elapsedSeconds|catalogueBytes|n|data)": ?("[^"]*"|[\d.]+)/g;
const PLAN_NAME = /\/sweep-\d+-\d+-\w+/g;

/** A document without that, to be compared. */
function documentOf(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text.replace(VARYING, '"$1":null').replace(PLAN_NAME, ''));
}

function startCommand({ environment, data }: Workplace, ...args: string[]): ChildProcess {
  const command = [...PRODUCT, ...args, '--data', data];
  return spawn(process.execPath, command, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
}

const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('close', (code) => resolve(code)));

describe('commands beside a daemon', () => {
  let alone: Workplace;
  let served: Workplace;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    alone = createWorkplace();
    served = createWorkplace();
    // Both are about one folder.
    fillWithMusic(alone.music);
    renameSync(path.join(alone.music, 'song later.wav'), Buffer.from(`${alone.music}/later \xe9.wav`, 'latin1'));
    daemon = await startDaemon(served);
  });
  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    for (const place of [alone, served]) place[Symbol.dispose]();
  });

  const song = (name: string): string => path.join(alone.music, name);
  const both = (args: readonly string[]): [SpawnSyncReturns<string>, SpawnSyncReturns<string>] => [
    alone.reprise(...args, '--json'),
    served.reprise(...args, '--json'),
  ];

  it.each<[string, () => string[]]>([
    ['scan', () => ['scan', alone.music]],
    ['find', () => ['find', alone.music]],
    ['groups', () => ['groups']],
    ['match', () => ['match']],
    ['match --export', () => ['match', '--export', '-']],
    ['info', () => ['info']],
    ['info FILE', () => ['info', song('song.wav')]],
    ['info of nothing', () => ['info', song('none.wav')]],
    ['compare', () => ['compare', song('song.wav'), song('other.wav')]],
    ['decide', () => ['decide', song('song.wav'), song('other.wav'), 'different']],
    ['decisions', () => ['decisions', 'list']],
    ['keep', () => ['keep']],
    ['sweep', () => ['sweep', '--source', alone.music, '--mode', 'trash']],
    ['sweep --by audio', () => ['sweep', '--source', alone.music, '--mode', 'trash', '--by', 'audio']],
    ['sweep --by recording', () => ['sweep', '--source', alone.music, '--mode', 'trash', '--by', 'recording']],
    ['journal', () => ['journal']],
  ])('%s: the same document, words and exit code', (name, args) => {
    const [here, there] = both(args());
    const words = ({ stderr }: SpawnSyncReturns<string>): string => stderr.replaceAll(/\d+ s\b|[\d.]+ ms/g, '');
    expect([there.status, words(there)]).toEqual([here.status, words(here)]);
    if (name.includes('export')) expect(there.stdout).toBe(here.stdout);
    else expect(documentOf(there.stdout)).toEqual(documentOf(here.stdout));
  });

  it('compare --picture draws the same picture', () => {
    const [here, there] = [alone, served].map((place) => {
      const file = path.join(place.data, 'pair.svg');
      const run = place.reprise('compare', song('song.wav'), song('song tagged.wav'), '--picture', file);
      expect(run.status, run.stderr).toBe(0);
      return readFileSync(file, 'utf8');
    });
    expect(there).toBe(here);
    expect(there?.length).toBeGreaterThan(10_000);
  });

  it('apply, trash and undo do the same', () => {
    const runs = [alone, served].map((place) => {
      const plan = path.join(path.dirname(place.data), 'plan.json');
      const run = (...args: string[]): unknown => {
        const { status, stdout } = place.reprise(...args, '--json');
        return { status, document: documentOf(stdout), isThere: existsSync(song('song (copy).wav')) };
      };
      // What is remembered of the files is not told the same by both.
      place.reprise('sweep', '--source', alone.music, '--mode', 'trash', '--plan', plan);
      return [run('apply', plan, '--dry-run'), run('apply', plan), run('trash', 'list'), run('undo')];
    });
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[1]).toMatchObject([true, false, false, true].map((isThere) => ({ status: 0, isThere })));
  });

  it('says which settings of a command do not count', () => {
    expect(served.reprise('match', '--workers', '7').stderr).toContain('not by what was set here: workers.');
    expect(served.reprise('groups').stderr).toBe('');
  });

  it('a second daemon is refused, and says why', async () => {
    const second = spawnDaemon(served);
    expect((await second.ended).code).toBe(5);
    expect(second.stderr()).toContain('A daemon is running already');
  });

  it('logs in JSON, and nothing else', () => {
    const lines = daemon.stderr().trimEnd().split('\n');
    expect(daemon.log()).toHaveLength(lines.length);
    expect(daemon.log()[0]).toMatchObject({ level: 'info', event: 'daemon.listening' });
  });
});

describe('a daemon and its end', () => {
  /** Sounds that take a while to scan, one after the other. */
  let slow: string;
  const SONGS = 10;
  beforeAll(() => {
    slow = mkdtempSync(path.join(tmpdir(), 'reprise-slow-'));
    const sound = pcmOf(noise(1, 120, 9000));
    for (let n = 0; n < SONGS; n++) writeWav(path.join(slow, `${n}.wav`), sound.subarray(n));
  });
  afterAll(() => rmSync(slow, { recursive: true }));

  interface Scanning {
    readonly child: ChildProcess;
    readonly ended: Promise<number | null>;
    readonly told: () => string;
  }

  /** A scan, some files of which are done. */
  async function scanning(place: Workplace): Promise<Scanning> {
    const child = startCommand(place, 'scan', slow, '-vv', '--json');
    let told = '';
    const ended = endOf(child);
    const begun = new Promise<void>((resolve) =>
      child.stderr?.on('data', (piece) => {
        told += piece;
        if (told.includes(slow)) resolve();
      }),
    );
    await Promise.race([begun, ended]);
    return { child, ended, told: () => told };
  }

  /** Nothing is lost, and something need not be done again. */
  function expectGoneOn(place: Workplace): void {
    const report = JSON.parse(place.reprise('scan', slow, '--json').stdout) as Record<string, number>;
    expect([report['seen'], report['failed']]).toEqual([SONGS, 0]);
    expect(report['unchanged']).toBeGreaterThan(0);
    expect(report['unchanged']).toBeLessThan(SONGS);
  }

  it.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGKILL', 'SIGKILL', null],
  ] as const)('%s of a command ends its scan in the daemon, and keeps what is done', async (_, signal, code) => {
    using place = createWorkplace();
    await using daemon = await startDaemon(place, '--workers', '1');
    const { child, ended } = await scanning(place);
    child.kill(signal);
    expect(await ended).toBe(code);
    // The daemon is free for the next one at once.
    expectGoneOn(place);
    expect(daemon.child.exitCode).toBeNull();
  });

  it('kill -9 of the daemon: the command says so, and the next daemon goes on', async () => {
    using place = createWorkplace();
    const daemon = await startDaemon(place, '--workers', '1');
    const { ended, told } = await scanning(place);
    daemon.child.kill('SIGKILL');
    expect(await ended).toBe(7);
    expect(told()).toContain('The daemon went away');
    expect(existsSync(path.join(place.data, 'daemon.sock'))).toBe(true);
    await using again = await startDaemon(place);
    expectGoneOn(place);
    expect(again.child.exitCode).toBeNull();
  });

  it('without a living daemon commands open the catalogue themselves', async () => {
    using place = createWorkplace();
    const daemon = await startDaemon(place);
    daemon.child.kill('SIGKILL');
    await daemon.ended;
    expect(place.reprise('groups', '--json').status).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('%s with work in hand ends it in good order, with 0', async (signal) => {
    using place = createWorkplace();
    const daemon = await startDaemon(place, '--workers', '1');
    const { ended, told } = await scanning(place);
    daemon.child.kill(signal);
    expect(await daemon.ended).toEqual({ code: 0, signal: null });
    expect(await ended).toBe(7);
    expect(told()).toContain('The daemon is being stopped');
    expect(existsSync(path.join(place.data, 'daemon.sock'))).toBe(false);
    expectGoneOn(place);
  });

  it('does not start while a command has the catalogue', async () => {
    using place = createWorkplace();
    const catalogue = path.join(place.data, 'catalogue.sqlite');
    await using _store = await openCatalogue(catalogue, { clock: systemClock, owner: 'a command' });
    const daemon = spawnDaemon(place);
    expect((await daemon.ended).code).toBe(5);
    expect(daemon.stderr()).toContain('in use by another process (a command');
  });

  it('one scans after the other, and others look meanwhile', async () => {
    using place = createWorkplace();
    await using _daemon = await startDaemon(place, '--workers', '1');
    const first = await scanning(place);
    const second = endOf(startCommand(place, 'scan', slow));
    expect(place.reprise('info', '--json').status).toBe(0);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(130);
    expect(await second).toBe(0);
    expect(place.reprise('scan', slow, '--json').stdout).toContain(`"unchanged": ${SONGS}`);
  });
});
