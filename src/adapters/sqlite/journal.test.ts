import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#kernel';
import { unprivileged } from '../../../test/support/unprivileged.ts';
import { describeJournal, sampleEntry } from '../../filing/journal.contract.ts';
import { openCatalogue, openJournal } from './index.ts';
import { textOf } from './journal-text.ts';

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'reprise-journal-'));
  file = path.join(home, 'new folder/journal.sqlite');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describeJournal('SQLite', () => openJournal(file));

const code = (error: string, kind: string): unknown =>
  expect.objectContaining({ code: error, kind, message: expect.stringContaining(file), hint: expect.any(String) });

function fill(entries: number): void {
  using journal = openJournal(file);
  journal.add(Array.from({ length: entries }, (_, at) => sampleEntry({ item: at + 1 })));
}

const root = path.resolve(import.meta.dirname, '../../..');
const program = ['--conditions=source', path.join(root, 'test/support/journal-process.ts')];

describe('the file of a journal', () => {
  it('holds what was written before the process was killed', { timeout: 60_000 }, async () => {
    for (const lines of [1, 2, 25]) {
      const child = spawn(process.execPath, [...program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const told: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        told.push(line);
        if (told.length === lines) child.kill('SIGKILL');
      }
      await ended;
      using journal = openJournal(file);
      const states = new Map(journal.entries({}).map(({ n, state }) => [n, state]));
      for (const line of told) {
        if (line.startsWith('+')) expect(states.get(Number(line.slice(1)))).toBe('done');
        else expect(states.has(Number(line))).toBe(true);
      }
      expect(told.length).toBeGreaterThanOrEqual(lines);
    }
  });

  it('belongs to one process at a time', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [...program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.resume();
    try {
      expect(() => openJournal(file, 50)).toThrow(code('journal/locked', 'conflict') as Error);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    using journal = openJournal(file);
    expect(journal.entries({}).length).toBeGreaterThan(0);
  });

  it('is not opened twice within a process either', () => {
    using _ = openJournal(file);
    expect(() => openJournal(file, 50)).toThrow(code('journal/locked', 'conflict') as Error);
  });

  it.each([
    ['is no database', (bytes: Buffer) => bytes.fill('no database ', 0, 4096)],
    ['was cut off', (bytes: Buffer) => bytes.subarray(0, 4096)],
    ['has lost its pages', (bytes: Buffer) => bytes.fill(0xaa, 4096)],
  ])('that %s is called damaged, and is not overwritten', (_name, damage) => {
    fill(200);
    const damaged = Buffer.from(damage(readFileSync(file)));
    writeFileSync(file, damaged);
    expect(() => {
      using journal = openJournal(file);
      journal.entries({});
    }).toThrow(code('journal/corrupt', 'corrupt') as Error);
    expect(readFileSync(file).length).toBe(damaged.length);
  });

  it('that the first program made is read on, and finds by verb', () => {
    mkdirSync(path.dirname(file));
    {
      using db = new DatabaseSync(file);
      db.exec(`
create table entries (
  n integer primary key autoincrement, plan text not null, state text not null, at_ms integer not null, body text not null
) strict;
create index entries_by_plan on entries (plan);
create index entries_by_state on entries (state);
pragma application_id = ${0x5270726a}; pragma user_version = 1;`);
      const { plan, state, at, ...body } = sampleEntry({ verb: 'link', state: 'done' });
      const add = db.prepare('insert into entries (plan, state, at_ms, body) values (?, ?, ?, ?)');
      add.run(plan, state, at, textOf(body));
    }
    using journal = openJournal(file);
    expect(journal.entries({ verbs: ['link'] })).toEqual([{ ...sampleEntry({ verb: 'link', state: 'done' }), n: 1 }]);
    expect(journal.entries({ verbs: ['move'] })).toEqual([]);
  });

  it('that a newer program made is left alone', () => {
    fill(1);
    {
      using db = new DatabaseSync(file);
      db.exec('pragma user_version = 99');
    }
    expect(() => openJournal(file)).toThrow(code('journal/too-new', 'unsupported') as Error);
  });

  it('is not taken for a catalogue, nor the other way round', async () => {
    fill(1);
    const asCatalogue = openCatalogue(file, { clock: systemClock, owner: 'a test' });
    await expect(asCatalogue).rejects.toMatchObject({ code: 'catalogue/corrupt' });
    const other = path.join(home, 'catalogue.sqlite');
    await (await openCatalogue(other, { clock: systemClock, owner: 'a test' }))[Symbol.asyncDispose]();
    expect(() => openJournal(other)).toThrow(expect.objectContaining({ code: 'journal/corrupt' }) as Error);
  });

  it('in a folder that may not be written is denied', () => {
    mkdirSync(path.dirname(file));
    chmodSync(path.dirname(file), 0o500);
    const source = `import { openJournal } from '#adapters/sqlite';
      try { openJournal(${JSON.stringify(file)}) } catch (error) { process.stdout.write(error.code + ' ' + error.kind) }`;
    const args = ['--conditions=source', '--input-type=module', '--eval', source];
    const [command, rest] = unprivileged(process.execPath, args);
    const { stdout } = spawnSyncIn(command, rest);
    expect(stdout).toBe('journal/denied denied');
  });
});

function spawnSyncIn(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, args, { encoding: 'utf8', cwd: root });
}
