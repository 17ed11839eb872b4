import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogueStore, keyOfStamp } from '#catalogue';
import { readPlace } from '#gate';
import { type BytePath, systemClock } from '#kernel';
import { unprivileged } from '../../../test/support/unprivileged.ts';
import { openCatalogue } from './catalogue.ts';
import { openConnection } from './connection.ts';
import { MIGRATIONS } from './migrations.ts';
import { migrate } from './schema.ts';

const GOLDEN = path.join(import.meta.dirname, 'golden');
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-catalogue-'));
  file = path.join(folder, 'data', 'catalogue.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Promise<CatalogueStore> =>
  openCatalogue(file, { clock: systemClock, owner: 'reprise test', waitMs: 0 });

describe('the file', () => {
  it('is one file when it is closed', async () => {
    await (await open())[Symbol.asyncDispose]();
    expect(readdirSync(path.dirname(file))).toEqual(['catalogue.db']);
  });

  it('has the schema of the golden file', async () => {
    await (await open())[Symbol.asyncDispose]();
    using db = new DatabaseSync(file);
    const rows = db.prepare('select sql from sqlite_schema where sql is not null order by type desc, name').all();
    const text = `${rows.map(({ sql }) => sql).join(';\n')};\n`;
    await expect(text).toMatchFileSnapshot(path.join(GOLDEN, 'schema.sql'));
  });

  it('is refused while another process has it, and free as soon as that is killed', async () => {
    await (await open())[Symbol.asyncDispose]();
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', holding(file)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(open()).rejects.toMatchObject({
      code: 'catalogue/locked',
      kind: 'conflict',
      message: expect.stringContaining(`reprise scan, process ${child.pid}`),
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    await using store = await open();
    expect((await store.listingsUnder('/' as never, '')).size).toBe(0);
  });

  it('of a newer program is refused untouched', async () => {
    await (await open())[Symbol.asyncDispose]();
    using db = new DatabaseSync(file);
    db.exec('pragma user_version = 999');
    db.close();
    await expect(open()).rejects.toMatchObject({ code: 'catalogue/too-new', hint: expect.any(String) });
  });

  it('that is damaged or something else is called so', async () => {
    mkdirSync(path.dirname(file));
    writeFileSync(file, 'This is not a database, whatever its name says. '.repeat(100));
    await expect(open()).rejects.toMatchObject({
      code: 'catalogue/corrupt',
      kind: 'corrupt',
      hint: expect.any(String),
    });
    rmSync(file);
    const other = new DatabaseSync(file);
    other.exec('create table notes (text)');
    other.close();
    await expect(open()).rejects.toMatchObject({ code: 'catalogue/corrupt' });
  });

  it('that cannot be written is called so', async () => {
    writeFileSync(path.join(folder, 'data'), 'a file where the folder should be');
    await expect(open()).rejects.toMatchObject({ code: 'catalogue/denied', kind: 'denied' });
    chmodSync(folder, 0o755);
  });

  it('that may only be read is not taken for a broken disk', async () => {
    await (await open())[Symbol.asyncDispose]();
    chmodSync(folder, 0o755);
    chmodSync(file, 0o444);
    chmodSync(path.dirname(file), 0o555);
    // A process of its own, for root may write everywhere.
    const code = `await import(${JSON.stringify(path.join(import.meta.dirname, 'connection.ts'))})
      .then(({ openConnection }) => openConnection(${JSON.stringify(file)}, 0))
      .catch(({ code, kind }) => console.log(code, kind));`;
    const own = ['--conditions=source', '--input-type=module', '-e', code];
    const [program, args] = unprivileged(process.execPath, own);
    const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
    chmodSync(path.dirname(file), 0o755);
    expect(stdout.trim()).toBe('catalogue/denied denied');
  });
});

describe('decisions', () => {
  it('can be neither changed nor deleted', async () => {
    {
      await using store = await open();
      await store.addDecisions([{ a: 'a', b: 'b', word: 'same', at: 1, aPath: null, bPath: null }]);
    }
    using db = new DatabaseSync(file);
    expect(() => db.exec("update decisions set word = 'ask'")).toThrow('never changed');
    expect(() => db.exec('delete from decisions')).toThrow('never deleted');
    expect(db.prepare('select id, word from decisions').all()).toEqual([{ id: 1, word: 'same' }]);
  });
});

describe('migrations', () => {
  it('bring a catalogue of version 1 forward with all it knows', async () => {
    mkdirSync(path.dirname(file));
    const old = new DatabaseSync(file);
    old.exec(readFileSync(path.join(GOLDEN, 'version-1.sql'), 'utf8'));
    old.close();
    await using store = await open();
    const files = [];
    for await (const page of store.present()) files.push(...page);
    expect(files.map(({ file: { path: name }, content }) => [name, content?.sound?.durationSeconds])).toEqual([
      ['/music/B\udcf6r.mp3', 2.5],
      ['/music/one.flac', 2.5],
    ]);
    expect(files[0] && keyOfStamp(files[0].file.stamp)).toBe('64768:42:7:1700000000123456789:1700000000987654321');
    // What was judged before is judged anew.
    expect([...(await store.unmatched('judge 1'))]).toEqual([1]);
    // Altered questions are missing: these sounds are read again.
    expect((await store.filesIn('/music' as BytePath, 'any')).map(({ isDue }) => isDue)).toEqual([true, true]);
    expect(await store.sketchOf(`sha256:${'ab'.repeat(32)}`)).toBeUndefined();
    expect([...(await store.unmatched('judge 2'))]).toEqual([1]);
    expect(await store.decisions()).toEqual([]);
    const decision = { a: 'a', b: 'b', word: 'same', at: 1, aPath: null, bPath: null } as const;
    expect(await store.addDecisions([decision])).toEqual([{ ...decision, n: 1 }]);
  });

  it('bring a catalogue of version 4 forward, and number its sounds', async () => {
    mkdirSync(path.dirname(file));
    const old = new DatabaseSync(file);
    old.exec(readFileSync(path.join(GOLDEN, 'version-4.sql'), 'utf8'));
    old.close();
    await using store = await open();
    const [first, second] = [`sha256:${'ab'.repeat(32)}`, `sha256:${'cd'.repeat(32)}`];
    expect([...(await store.soundNumbers())]).toEqual([
      [first, 1],
      [second, 2],
    ]);
    expect([...(await store.unmatched('judge 1'))]).toEqual([1, 2]);
    for await (const _ of store.comparisons('judge 1')) throw new Error('Verdicts of before are not kept.');
    expect(await store.sketchOf(first)).toEqual(Uint8Array.of(1, 2));
    expect(await store.decisions()).toMatchObject([{ n: 1, a: first, b: second, word: 'different' }]);
  });

  it('bring a catalogue of version 6 forward, whose sounds have no evidence and are not read again for it', async () => {
    mkdirSync(path.dirname(file));
    const old = new DatabaseSync(file);
    old.exec(readFileSync(path.join(GOLDEN, 'version-6.sql'), 'utf8'));
    old.close();
    await using store = await open();
    const files = [];
    for await (const page of store.present()) files.push(...page);
    expect(files.map(({ content }) => [content?.sound?.durationSeconds, content?.sound?.evidence])).toEqual([
      [2.5, undefined],
      [undefined, undefined],
      [2.5, undefined],
      [2.5, undefined],
    ]);
    // The one that could not be decoded is due for another decoder.
    const known = await store.filesIn('/music' as BytePath, 'decoder 1');
    expect(known.filter(({ isDue }) => isDue)).toEqual([]);
    expect(await store.decisions()).toHaveLength(1);
  });

  it('bring a catalogue of version 7 forward, and know where its files stand on their releases', async () => {
    mkdirSync(path.dirname(file));
    const old = new DatabaseSync(file);
    old.exec(readFileSync(path.join(GOLDEN, 'version-7.sql'), 'utf8'));
    old.close();
    await using store = await openCatalogue(file, { clock: systemClock, owner: 'reprise test', waitMs: 0 });
    const gate = store.gate(readPlace);
    const asked = { releaseId: null, except: null, inboxes: [], lane: 'live' } as const;
    const rivals = await gate.rivals({ ...asked, albumKey: 'nághts', track: 3 });
    expect(rivals.map(({ fileId, path: name, place: { disc, artistKey } }) => [fileId, name, disc, artistKey])).toEqual(
      [
        [1, '/music/one.flac', 2, null],
        [2, '/music/B\udcf6r.mp3', null, 'the band'],
      ],
    );
    expect(await gate.rivals({ ...asked, albumKey: null, releaseId: 'rel', track: 3 })).toMatchObject([{ fileId: 1 }]);
    const [days] = await gate.rivals({ ...asked, albumKey: 'days', track: 2 });
    expect(days).toMatchObject({ fileId: 3, place: { side: 'a' }, contentHash: `sha256:${'03'.repeat(32)}` });
    expect(await gate.known({ isrc: 'dea123456789' })).toMatchObject([{ path: '/music/one.flac', isAdmitted: true }]);
    expect(await gate.known({ mbid: 'abc' })).toMatchObject([{ path: '/music/one.flac' }]);
    const twin = { audioHash: `sha256:${'ab'.repeat(32)}`, sampleHash: null, except: '/music/one.flac' as BytePath };
    expect(await gate.sameAudio({ ...twin, inboxes: [] })).toMatchObject([{ fileId: 3 }]);
    expect(await gate.sameAudio({ ...twin, inboxes: ['/music' as BytePath] })).toEqual([]);
  });

  it('go step by step, each once, and leave nothing of one that fails', () => {
    const newest = MIGRATIONS.at(-1)?.version ?? 0;
    const next = { version: newest + 1, sql: 'create table extra (a text); insert into extra values (1)' };
    const steps = [...MIGRATIONS, next];
    mkdirSync(path.dirname(file));
    for (const list of [MIGRATIONS, steps, steps]) {
      using connection = openConnection(file, 0);
      migrate(connection, list);
    }
    using connection = openConnection(file, 0);
    expect(connection.arrays('select count(*) from extra')).toEqual([[1]]);
    const broken = { version: newest + 2, sql: 'create table half (a); insert into nowhere values (1)' };
    expect(() => migrate(connection, [...steps, broken])).toThrow('nowhere');
    expect(connection.arrays("select count(*) from sqlite_schema where name = 'half'")).toEqual([[0]]);
    expect(connection.arrays('pragma user_version')).toEqual([[newest + 1]]);
  });
});

function holding(catalogue: string): string {
  return `
    const { openCatalogue } = await import(${JSON.stringify(path.join(import.meta.dirname, 'catalogue.ts'))});
    await openCatalogue(${JSON.stringify(catalogue)}, { clock: { now: () => 0 }, owner: 'reprise scan' });
    console.log('open');
    setInterval(() => {}, 1000);`;
}
