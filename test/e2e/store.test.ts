/** The store on real files, as a person runs it: in, looked at, out again, and what a damaged one says. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOCUMENT_SCHEMAS, type DocumentName } from '../../tools/document-schemas.mts';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';
import { createRipfsStore } from '../support/ripfs-store.ts';

let place: Workplace;
let store = '';
let radio = '';
beforeEach(() => {
  place = createWorkplace();
  radio = path.join(path.dirname(place.music), 'radio');
  store = path.join(path.dirname(place.music), 'radio.store');
  mkdirSync(path.join(radio, 'week 1'), { recursive: true });
});
afterEach(() => place[Symbol.dispose]());

/** Bytes that repeat nowhere, the same for one seed. */
function song(seed: number, bytes: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

const SONGS = [1, 2, 3].map((seed) => song(seed, 200_000));

/** What a station sends: songs again and again, something of its own between them. */
function recording(seed: number, order: readonly number[]): Buffer {
  return Buffer.concat(order.flatMap((n, at) => [song(100 * seed + at, 3000), SONGS[n] as Buffer]));
}

const ODD = Buffer.from('odd \xff\n.mp3', 'latin1');

/** Three recordings of two weeks, a link, an empty file and a name that is no UTF-8. */
function fill(): void {
  writeFileSync(path.join(radio, 'week 1/monday.mp3'), recording(1, [0, 1, 2]));
  writeFileSync(path.join(radio, 'week 1/tuesday.mp3'), recording(2, [1, 0, 2]));
  mkdirSync(path.join(radio, 'week 2'));
  writeFileSync(path.join(radio, 'week 2/monday.mp3'), recording(3, [2, 2, 1]));
  writeFileSync(Buffer.concat([Buffer.from(`${radio}/`), ODD]), 'a few words');
  writeFileSync(path.join(radio, 'empty.cue'), '');
  symlinkSync('week 1/monday.mp3', path.join(radio, 'first'));
  for (const name of namesBelow(Buffer.from(`${radio}/`), Buffer.alloc(0))) {
    const at = Buffer.concat([Buffer.from(`${radio}/`), name]);
    if (lstatSync(at).isFile()) utimesSync(at, 1_600_000_000.25, 1_600_000_000.25);
  }
}

/** Every name below a folder, as latin1, with its kind, rights, time and bytes. */
function tree(folder: string): string[] {
  return namesBelow(Buffer.from(`${folder}/`), Buffer.alloc(0))
    .map((name) => {
      const at = Buffer.concat([Buffer.from(`${folder}/`), name]);
      const { mode, mtimeNs, size } = lstatSync(at, { bigint: true });
      const stats = lstatSync(at);
      const facts = stats.isDirectory() ? [] : [mtimeNs, size];
      const held = stats.isSymbolicLink() ? readlinkSync(at) : stats.isFile() ? hashOf(readFileSync(at)) : '';
      return [name.toString('latin1'), mode, ...facts, held].join(' ');
    })
    .sort();
}

function namesBelow(top: Buffer, folder: Buffer): Buffer[] {
  return readdirSync(Buffer.concat([top, folder]), { encoding: 'buffer', withFileTypes: true }).flatMap((entry) => {
    const name = Buffer.concat([folder, entry.name]);
    return entry.isDirectory() ? [name, ...namesBelow(top, Buffer.concat([name, Buffer.from('/')]))] : [name];
  });
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function reprise(status: number, ...args: string[]): { readonly stdout: string; readonly stderr: string } {
  const run = place.reprise('store', ...args);
  expect([run.status, run.stderr.includes('This is a bug')], run.stderr + run.stdout).toEqual([status, false]);
  return run;
}

function json(name: DocumentName, status: number, ...args: string[]): Record<string, unknown> {
  const { stdout } = reprise(status, ...args, '--json');
  return DOCUMENT_SCHEMAS[name].parse(JSON.parse(stdout)) as Record<string, unknown>;
}

function cat(name: string): Buffer {
  const args = [...PRODUCT, 'store', 'cat', store, name, '--data', place.data];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { env: place.environment, maxBuffer: 2 ** 26 });
  expect(status, String(stderr)).toBe(0);
  return stdout;
}

describe('a store', () => {
  it('takes recordings in, tells what it saves, and gives back every byte', () => {
    fill();
    expect(reprise(0, 'init', store).stdout).toContain('Made a store');
    const dry = json('store-import', 0, 'import', '--dry-run', store, radio);
    expect(readdirSync(path.join(store, 'packs'))).toEqual([]);
    const done = json('store-import', 0, 'import', store, radio);
    expect(done).toMatchObject({ files: 6, imported: 5, skipped: 1, failed: 0, renamed: 0, failures: [] });
    expect({ ...dry, dryRun: false }).toEqual(done);
    // Three songs and what lies between them, for nine songs.
    expect(done['newBytes']).toBeLessThan(0.4 * (done['bytes'] as number));

    expect(reprise(0, 'ls', store).stdout).toBe('radio/\n');
    expect(reprise(0, 'ls', store, 'radio').stdout).toBe('empty.cue\nfirst\nodd \\xff\\n.mp3\nweek 1/\nweek 2/\n');
    expect(reprise(0, 'ls', store, '/radio/', '-l').stdout).toMatch(/^l.* first -> week 1\/monday\.mp3$/m);
    const { entries } = json('store-ls', 0, 'ls', store, '--recursive') as { entries: { path: string }[] };
    expect(entries.map((entry) => entry.path)).toContain('radio/week 2/monday.mp3');

    expect(cat('radio/week 1/tuesday.mp3')).toEqual(recording(2, [1, 0, 2]));
    expect(cat('radio/empty.cue')).toEqual(Buffer.alloc(0));

    const stat = json('store-stat', 0, 'stat', store) as Record<string, number>;
    expect(stat).toMatchObject({ files: 5, unusedBytes: 0, rawFiles: 0, byFolder: [{ name: 'radio', files: 5 }] });
    expect(stat['timesSmaller']).toBeGreaterThan(2);
    expect(reprise(0, 'stat', store).stdout).toContain('times smaller');

    expect(reprise(0, 'verify', store).stdout).toContain('everything is as it should be');
    expect(json('store-verify', 0, 'verify', store, '--read-data')).toMatchObject({ hit: [], problems: [], notes: [] });
    expect(json('store-gc', 0, 'gc', store)).toMatchObject({ freedBytes: 0, packsRemoved: 0 });
    expect(reprise(0, 'repair', store, '--dry-run').stdout).toContain('nothing to repair');
  });

  it('writes everything out as it was, and replaces nothing', () => {
    fill();
    reprise(0, 'init', store);
    reprise(0, 'import', store, radio, '-q');
    const out = path.join(path.dirname(radio), 'out');
    reprise(0, 'export', store, out);
    expect(tree(path.join(out, 'radio'))).toEqual(tree(radio));
    // A second time everything is there already, and one that differs is not replaced.
    writeFileSync(path.join(out, 'radio/week 1/monday.mp3'), 'mine');
    const again = json('store-export', 3, 'export', store, out);
    expect(again).toMatchObject({ files: 0, failed: 1, failures: [{ code: 'files/exists' }] });
    expect(readFileSync(path.join(out, 'radio/week 1/monday.mp3'), 'utf8')).toBe('mine');
    reprise(0, 'export', store, path.join(out, 'one'), 'radio/week 2/monday.mp3');
    expect(readdirSync(path.join(out, 'one'))).toEqual(['monday.mp3']);
  });

  it('passes by what it has, gives a second file of a name a number, and leaves nothing beside itself', () => {
    fill();
    reprise(0, 'init', store, '--chunk', 'medium');
    reprise(0, 'import', store, radio, '-q');
    const before = readdirSync(store).sort();
    expect(json('store-import', 0, 'import', store, radio)).toMatchObject({ imported: 0, newBytes: 0 });
    writeFileSync(path.join(radio, 'week 1/monday.mp3'), recording(4, [0, 0, 1]));
    const more = reprise(0, 'import', store, radio, '-v');
    expect(more.stderr).toContain("as 'radio/week 1/monday_1.mp3'");
    expect(more.stdout).toMatch(/^Imported 1 file, .* 1 got a number, because the name was taken\. Passed by: /);
    expect(cat('radio/week 1/monday.mp3')).toEqual(recording(1, [0, 1, 2]));
    expect(cat('radio/week 1/monday_1.mp3')).toEqual(recording(4, [0, 0, 1]));
    // A single file comes to the root, under its name.
    reprise(0, 'import', store, path.join(radio, 'week 2/monday.mp3'));
    expect(reprise(0, 'ls', store).stdout).toBe('monday.mp3\nradio/\n');
    expect(readdirSync(store).sort()).toEqual(before);
  });

  it('tells what is wrong with the arguments, and touches nothing', () => {
    fill();
    const before = tree(path.dirname(radio));
    const wrong: readonly (readonly [number, string, ...string[]])[] = [
      [4, 'no recording store', 'import', store, radio],
      [4, 'no recording store', 'verify', radio],
      [2, 'needs something to take in', 'import', store],
      [2, 'is one too many', 'stat', store, 'more'],
      [2, 'Nobody is there to be asked', 'import', store, radio, '--delete-source'],
    ];
    for (const [status, message, ...args] of wrong) expect(reprise(status, ...args).stderr).toContain(message);
    expect(reprise(5, 'init', radio).stderr).toContain(radio);
    expect(tree(path.dirname(radio)).filter((line) => !line.startsWith('data'))).toEqual(before);
    reprise(0, 'init', store);
    expect(reprise(5, 'init', store).stderr).toContain(store);
    expect(reprise(4, 'import', store, path.join(radio, 'week 9')).stderr).toContain('week 9');
    expect(reprise(2, 'import', store, store).stderr).toContain('into itself');
    expect(reprise(4, 'cat', store, 'nothing').stderr).toContain('nothing');
    reprise(0, 'import', store, radio, '-q');
    expect(reprise(2, 'cat', store, 'radio').stderr).toContain('folder');
  });

  it('names what a damaged pack hits, gives no wrong byte, and keeps the rest', () => {
    fill();
    reprise(0, 'init', store);
    reprise(0, 'import', store, radio, '-q');
    const [pack = ''] = readdirSync(path.join(store, 'packs'));
    // Of the third song, which all recordings have; then what only the first recording has is cut out of the way.
    const needle = (SONGS[2] as Buffer).subarray(100_000, 100_064);
    const file = path.join(store, 'packs', pack);
    const at = readFileSync(file).indexOf(needle);
    expect(at).toBeGreaterThan(0);
    flip(file, at);
    expect(reprise(0, 'verify', store).stdout).toContain('--read-data');
    const { stdout } = reprise(9, 'verify', store, '--read-data');
    for (const name of ['week 1/monday', 'week 1/tuesday', 'week 2/monday']) {
      expect(stdout).toMatch(new RegExp(`^hit {2}'?(radio/)?.*${name}`, 'm'));
    }
    expect(stdout).not.toContain('empty.cue');
    expect(stdout).not.toContain('odd');
    const { hit } = json('store-verify', 9, 'verify', store, '--read-data') as { hit: { paths: { path: string }[] }[] };
    expect(hit.flatMap(({ paths }) => paths.map((one) => one.path)).sort()).toEqual([
      'radio/week 1/monday.mp3',
      'radio/week 1/tuesday.mp3',
      'radio/week 2/monday.mp3',
    ]);
    const broken = place.reprise('store', 'cat', store, 'radio/week 1/monday.mp3');
    expect([broken.status, broken.stderr.includes('week 1/monday.mp3')], broken.stderr).toEqual([9, true]);
    const out = path.join(path.dirname(radio), 'out');
    const exported = json('store-export', 3, 'export', store, out);
    expect(exported).toMatchObject({ failed: 3, failures: { length: 3 } });
    expect(readdirSync(path.join(out, 'radio/week 1'))).toEqual([]);
    expect(existsSync(path.join(out, 'radio/empty.cue'))).toBe(true);
    expect(reprise(9, 'repair', store).stdout).toContain('3 files do not give all bytes');
    // By size and time everything is in; what is compared is mended, and a source goes only after that.
    expect(json('store-import', 0, 'import', store, path.join(radio, 'week 2'))).toMatchObject({ imported: 1 });
    expect(cat('week 2/monday.mp3')).toEqual(recording(3, [2, 2, 1]));
    expect(json('store-import', 0, 'import', store, radio)).toMatchObject({ imported: 0 });
    const mended = json('store-import', 0, 'import', store, radio, '--delete-source', '--yes');
    expect(mended).toMatchObject({ imported: 5, renamed: 0, applied: { done: 5 } });
    expect(cat('radio/week 1/monday.mp3')).toEqual(recording(1, [0, 1, 2]));
    expect(json('store-verify', 9, 'verify', store, '--read-data')).toMatchObject({ hit: [] });
    expect(json('store-gc', 0, 'gc', store)).toMatchObject({ keptDamaged: [] });
    expect(json('store-verify', 0, 'verify', store, '--read-data')).toMatchObject({ hit: [], problems: [] });
  });

  it('lets sources go into the trash, and undo brings them back', () => {
    fill();
    reprise(0, 'init', store);
    reprise(0, 'import', store, path.join(radio, 'week 1'), '-q');
    const before = tree(radio);
    // Some are in already; they are compared byte by byte before they go.
    const done = json('store-import', 0, 'import', store, radio, '--delete-source', '--yes');
    expect(done).toMatchObject({ imported: 5, failed: 0, applied: { done: 5, failed: 0 } });
    expect(existsSync(path.join(radio, 'week 1/monday.mp3'))).toBe(false);
    expect(existsSync(path.join(radio, '.reprise-trash'))).toBe(true);
    expect(cat('radio/week 1/monday.mp3')).toEqual(recording(1, [0, 1, 2]));
    // What lies in the trash is not taken in.
    expect(json('store-import', 0, 'import', store, radio)).toMatchObject({ files: 1, imported: 0 });
    const undone = place.reprise('undo');
    expect(undone.status, undone.stderr).toBe(0);
    expect(undone.stdout).toContain('5 files back in place');
    expect(tree(radio)).toEqual(before);
    // The trash is not emptied where the store is gone.
    reprise(0, 'import', store, radio, '--delete-source', '--yes', '-q');
    renameSync(store, `${store}.away`);
    expect(place.reprise('trash', 'empty', '--yes').stdout).toContain('5 left as they are');
    renameSync(`${store}.away`, store);
    expect(place.reprise('trash', 'empty', '--yes').stdout).toContain('5 files deleted for good');
    expect(cat('radio/week 2/monday.mp3')).toEqual(recording(3, [2, 2, 1]));
  });

  it('comes from ripfs: every file but the damaged one, which is named', () => {
    using old = createRipfsStore();
    const [one, two, three] = SONGS as [Buffer, Buffer, Buffer];
    old.makeFolder('radio');
    const blob = Buffer.concat([one, two]);
    old.add('radio/first.mp3', { blob });
    old.add('radio/second.mp3', { verbatim: Buffer.from('between') }, { blob, offset: 1000, length: 300_000 });
    const lost = old.addBlob(three);
    old.add('radio/lost.mp3', { blob: three });
    rmSync(old.blobFile(lost));
    reprise(0, 'init', store);
    expect(reprise(2, 'import', store, '--from-ripfs', radio).stderr).toContain('no store of ripfs');
    const done = json('store-import', 3, 'import', store, '--from-ripfs', old.folder);
    expect(done).toMatchObject({ imported: 2, failed: 1, failures: [{ code: 'store/ripfs-damaged' }] });
    expect(cat('radio/first.mp3')).toEqual(blob);
    expect(cat('radio/second.mp3')).toEqual(Buffer.concat([Buffer.from('between'), blob.subarray(1000, 301_000)]));
    expect(json('store-import', 3, 'import', store, '--from-ripfs', old.folder)).toMatchObject({ imported: 0 });
  });

  it('compares what it seems to have with all bytes before a source may go', () => {
    fill();
    reprise(0, 'init', store);
    const changing = path.join(radio, 'week 1/monday.mp3');
    const { mtimeMs } = statSync(changing);
    reprise(0, 'import', store, radio, '-q');
    // As long and as old as what is in, and another recording.
    writeFileSync(changing, recording(9, [2, 1, 0]));
    utimesSync(changing, mtimeMs / 1000, mtimeMs / 1000);
    reprise(0, 'import', store, radio, '--delete-source', '--yes', '-q');
    expect(cat('radio/week 1/monday_1.mp3')).toEqual(recording(9, [2, 1, 0]));
  });
});

describe('long work on a store', () => {
  function start(...args: string[]): { readonly child: ChildProcess; said(): string; ended: Promise<number | null> } {
    const all = [...PRODUCT, 'store', ...args, '--data', place.data];
    const child = spawn(process.execPath, all, { env: place.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => (text += piece));
    return { child, said: () => text, ended: new Promise((resolve) => child.once('close', resolve)) };
  }

  it('is interrupted by Ctrl-C without loss, and goes on', async () => {
    for (let n = 0; n < 300; n++) writeFileSync(path.join(radio, `${n}.mp3`), song(n, 400_000));
    reprise(0, 'init', store);
    const { child, said, ended } = start('import', store, radio, '-v');
    await expect.poll(said, { timeout: 50_000, interval: 20 }).toContain('done');
    child.kill('SIGINT');
    expect(await ended, said()).toBe(130);
    expect(said()).toContain('goes on where it stopped');
    const taken = said().match(/^done /gm)?.length ?? 0;
    expect(taken).toBeLessThan(300);
    expect(json('store-verify', 0, 'verify', store, '--read-data')).toMatchObject({ hit: [], problems: [] });
    const rest = json('store-import', 0, 'import', store, radio) as Record<string, number>;
    expect(rest).toMatchObject({ files: 300, failed: 0, renamed: 0 });
    // What was told to be done is not done again.
    expect(rest['imported']).toBeLessThanOrEqual(300 - taken);
    expect(cat('radio/299.mp3')).toEqual(song(299, 400_000));
  });

  it('watches what streamripper writes', async () => {
    reprise(0, 'init', store);
    mkdirSync(path.join(radio, 'station/incomplete'), { recursive: true });
    const growing = path.join(radio, 'station/incomplete/song.mp3');
    writeFileSync(growing, recording(1, [0]));
    const { child, said, ended } = start('import', store, '--watch', radio, '--quiet-time', '0.5');
    await expect.poll(said, { timeout: 50_000, interval: 20 }).toContain('Watching');
    writeFileSync(path.join(radio, 'station/other.mp3'), recording(2, [1]));
    await expect.poll(said, { timeout: 50_000 }).toContain('station/other.mp3');
    expect(said()).not.toContain('incomplete');
    renameSync(growing, path.join(radio, 'station/song.mp3'));
    await expect.poll(said, { timeout: 50_000 }).toContain('station/song.mp3');
    child.kill('SIGINT');
    expect(await ended, said()).toBe(0);
    expect(said()).toMatch(/^Imported 2 files/m);
    expect(reprise(0, 'ls', store, 'radio/station').stdout).toContain('other.mp3\nsong.mp3\n');
    expect(cat('radio/station/song.mp3')).toEqual(recording(1, [0]));
  });

  it('ends quietly when nobody reads on', () => {
    writeFileSync(path.join(radio, 'long.mp3'), song(7, 4_000_000));
    reprise(0, 'init', store);
    reprise(0, 'import', store, radio, '-q');
    const product = [process.execPath, ...PRODUCT].map((word) => `'${word}'`).join(' ');
    const script = `set -o pipefail; ${product} store cat '${store}' radio/long.mp3 --data '${place.data}' | head -c 100000 | sha256sum`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { env: place.environment, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(hashOf(song(7, 4_000_000).subarray(0, 100_000)));
  });
});

/** One bit of a file. */
function flip(file: string, at: number): void {
  const handle = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, at);
  byte[0] = (byte[0] as number) ^ 1;
  writeSync(handle, byte, 0, 1, at);
  closeSync(handle);
}
