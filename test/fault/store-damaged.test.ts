/**
 * Damaged stores: each read gives right bytes or an error that names the file, `verify` names all that is hit and nothing else,
 * `repair` keeps all that is whole, and nothing ever crashes. What the bytes of raw files are is left to the disk's file system.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckedTable } from '../../src/adapters/store/checked-table.ts';
import { SETTINGS } from '../../src/adapters/store/schema.ts';
import { collect, hitPaths, look, repair, type Truth, truthOf, verify } from '../support/damaged-store.ts';
import { copyStore, makeLargerStore, makeSmallStore, metadataOf } from '../support/damaged-store-content.ts';
import { runTries } from '../support/damaged-store-tries.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const HOURS = 3_600_000;
/** Of each file of metadata so many bytes from its beginning are flipped, and of the rest one in so many. */
const [WHOLE, STEP] = IS_LONG ? [0, 1] : [20, 12_007];
const DAMAGES = IS_LONG ? 1000 : 5;
const SEED = Number(process.env['REPRISE_SEED'] ?? 1);
/** A disk in memory, where there is one: all this is about bytes. */
const MEMORY = '/dev/shm';

let place: string;
beforeAll(() => {
  place = mkdtempSync(path.join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'reprise-damaged-'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('a small store', () => {
  let store: string;
  let truth: Truth;
  let scratch: string;
  beforeAll(async () => {
    store = path.join(place, 'small');
    scratch = path.join(place, 'scratch');
    await makeSmallStore(store);
    copyStore(store, scratch);
    truth = await truthOf(scratch);
  });

  /** What is wrong after the repair. */
  async function leftAfterRepair(): Promise<readonly unknown[]> {
    const { failures } = await repair(scratch);
    const after = await look(scratch, truth);
    const { report } = await verify(scratch);
    return [failures, after.wrong, [...after.failed], report?.hit, report?.problems, report?.notes].flat();
  }

  it('survives every flip of a byte of its metadata', { timeout: 24 * HOURS }, async () => {
    expect(metadataOf(store)).toEqual(expect.arrayContaining(['copy.db', 'copy.log', 'index.db', 'meta.db']));
    const tries = await runTries('flips', store, SEED, STEP, WHOLE);
    expect(tries.failures).toEqual([]);
    const [noticed, hit] = [
      tries.counted(({ isNoticed }) => isNoticed === true),
      tries.counted(({ isHit }) => isHit === true),
    ];
    console.log(`${tries.count} flips, ${noticed} noticed, ${hit} with an error in place of an answer`);
    expect(tries.count).toBeGreaterThan(IS_LONG ? 80_000 : 100);
    expect(hit).toBeGreaterThan(0);
  });

  it.each([
    ['the tables', ['meta.db']],
    ['the second copy', ['copy.db']],
    ['its log', ['copy.log']],
    ['the second copy and its log', ['copy.db', 'copy.log']],
    ['the index', ['index.db']],
    ['the lock', ['lock']],
    ['what says that it is a store', ['reprise-store']],
    ['what says that it is a store and the second copy', ['reprise-store', 'copy.db', 'copy.log']],
  ])('loses nothing without %s', async (_, names) => {
    copyStore(store, scratch);
    for (const name of names) rmSync(path.join(scratch, name));
    const seen = await look(scratch, truth);
    expect(seen.wrong).toEqual([]);
    const { report, failures } = await verify(scratch);
    expect(failures).toEqual([]);
    const files = [...seen.failed.keys()].filter((name) => truth.answers.get(name)?.kind === 'file');
    expect([...hitPaths(report!)].sort()).toEqual(files.sort());
    expect(await leftAfterRepair()).toEqual([]);
  });

  it('lets garbage in place of the lock stop nothing but writers, until it is repaired', async () => {
    copyStore(store, scratch);
    writeFileSync(path.join(scratch, 'lock'), 'no database at all, though long enough to be one'.repeat(50));
    expect((await look(scratch, truth)).failed.size).toBe(0);
    expect(await collect(scratch)).toEqual({ report: undefined, failures: [] });
    expect(await leftAfterRepair()).toEqual([]);
    expect((await collect(scratch)).report).toBeDefined();
  });

  it('keeps everything where the first page of the tables and the second copy are gone', async () => {
    copyStore(store, scratch);
    const tables = readFileSync(path.join(scratch, 'meta.db'));
    writeFileSync(path.join(scratch, 'meta.db'), tables.fill(0, 0, 4096));
    for (const name of ['copy.db', 'copy.log']) rmSync(path.join(scratch, name));
    expect(await leftAfterRepair()).toEqual([]);
  });

  it('keeps what is left of the second copy where the tables are gone', async () => {
    copyStore(store, scratch);
    rmSync(path.join(scratch, 'meta.db'));
    const copy = path.join(scratch, 'copy.db');
    truncateSync(copy, readFileSync(copy).length - 4096);
    const { report, failures } = await repair(scratch);
    expect(failures).toEqual([]);
    expect(report?.lostRows).toBeGreaterThan(0);
    // The last page is that of the packs, of which blobs tell, too.
    expect((await look(scratch, truth)).wrong).toEqual([]);
    expect((await verify(scratch)).report).toMatchObject({ hit: [], problems: [], notes: [] });
    expect((await collect(scratch)).report?.packsRemoved).toBe(1);
  });

  it('is a store again, though an empty one, where tables and second copy are gone', async () => {
    copyStore(store, scratch);
    for (const name of ['meta.db', 'copy.db', 'copy.log']) rmSync(path.join(scratch, name));
    const { report, failures } = await repair(scratch);
    expect(failures).toEqual([]);
    expect(report?.lostRows).toBeGreaterThan(0);
    // What was written to the raw file is nobody's now.
    expect(report?.foundFiles).toBe(1);
    const after = await verify(scratch);
    expect(after.report).toMatchObject({ hit: [], problems: [], notes: [] });
  });

  it('gives a blob that is sound the header again that it had', async () => {
    copyStore(store, scratch);
    const pack = path.join(scratch, 'packs/00000001');
    const bytes = readFileSync(pack);
    writeFileSync(pack, Buffer.concat([bytes.subarray(0, 30), new Uint8Array(10), bytes.subarray(40)]));
    expect((await look(scratch, truth)).failed.size).toBe(0);
    expect((await verify(scratch)).report).toMatchObject({ hit: [], damagedBlobs: [1] });
    expect(await leftAfterRepair()).toEqual([]);
    expect(readFileSync(pack).equals(bytes)).toBe(true);
  });

  it('leaves a store of a newer format as it is', async () => {
    copyStore(store, scratch);
    writeFileSync(path.join(scratch, 'reprise-store'), 'Reprise recording store, format 2.\n');
    const db = new DatabaseSync(path.join(scratch, 'meta.db'));
    createCheckedTable(db, SETTINGS).put({ name: 'version', value: '2' });
    db.exec('pragma user_version = 2; create table news (id)');
    db.close();
    const before = readFileSync(path.join(scratch, 'meta.db'));
    const newer = expect.stringContaining('store/too-new');
    expect((await look(scratch, truth)).wrong).toEqual([newer]);
    expect((await verify(scratch)).failures).toEqual([newer]);
    expect((await repair(scratch)).failures).toEqual([newer]);
    expect(readFileSync(path.join(scratch, 'meta.db'))).toEqual(before);
  });
});

describe('a larger store', () => {
  it('survives flips, zeros, cuts and missing files', { timeout: 24 * HOURS }, async () => {
    const store = path.join(place, 'larger');
    await makeLargerStore(store);
    const tries = await runTries('damages', store, SEED, DAMAGES);
    expect(tries.failures).toEqual([]);
    const counted = (what: string): number => tries.counted((result) => (result[what] as number) > 0);
    const [hit, left, gone] = [counted('hit'), counted('left'), counted('gone')];
    console.log(`${tries.count} damages; ${hit} hit a file, ${left} for good, ${gone} lost a name or an attribute`);
    expect(tries.count).toBe(DAMAGES);
    expect(left).toBeGreaterThan(0);
  });
});
