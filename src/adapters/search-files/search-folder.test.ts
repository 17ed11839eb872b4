import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SearchFiles } from '#catalogue';
import { packTables, readTables } from '#matching';
import { openSearchFolder, writeCheckedFile } from './index.ts';

const METHOD = 'method 1';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-index-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): SearchFiles => openSearchFolder(folder, readTables);

/** A segment of such sounds, with a body that says nothing. */
function put(files: SearchFiles, sounds: readonly number[], method = METHOD): string {
  const name = files.newSegment();
  const own = Uint32Array.from(sounds);
  const head = { postings: 10 * own.length, bucketBits: 8, placeBits: 8, ends: new Uint32Array(256) };
  const tables = { ...head, sounds: own, checks: own.map((sound) => sound + 100), lengths: own.map(() => 20) };
  writeCheckedFile(path.join(folder, name), (write) => {
    write(new Uint8Array(5000));
    return packTables(tables, method);
  });
  return name;
}

const soundsIn = (files: SearchFiles, method = METHOD): number[][] =>
  files.segments(method).map(({ sounds }) => [...sounds]);

/** Changes a bit of a file; negative places count from its end. */
function flip(name: string, at: number): void {
  const file = path.join(folder, name);
  const bytes = readFileSync(file);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = bytes[place]! ^ 1;
  writeFileSync(file, bytes);
}

describe('the folder of the index', () => {
  it('says what to do where a file is in its place', () => {
    const place = path.join(folder, 'index');
    writeFileSync(place, 'a file');
    const hint = 'A file is where the folder of the search index belongs: move it away.';
    expect(() => openSearchFolder(place, readTables).newSegment()).toThrow(expect.objectContaining({ hint }));
  });

  it('gives its segments in the order in which they were made, also when it is opened again', () => {
    const files = open();
    for (const sounds of [[1, 2], [3], [4, 5, 6]]) put(files, sounds);
    expect(soundsIn(files)).toEqual([[1, 2], [3], [4, 5, 6]]);
    expect(soundsIn(open())).toEqual([[1, 2], [3], [4, 5, 6]]);
    const [first] = open().segments(METHOD);
    expect([...(first?.checks ?? [])]).toEqual([101, 102]);
    expect(first).toMatchObject({ postings: 20, lengths: Uint32Array.of(20, 20) });
    expect(files.bytes()).toBeGreaterThan(15_000);
  });

  it('keeps what was merged and drops what it was merged from, where a kill left both', () => {
    const files = open();
    const [one, two, other] = [[1, 2], [3], [9]].map((sounds) => put(files, sounds));
    const merged = put(files, [1, 2, 3]);
    expect(
      open()
        .segments(METHOD)
        .map(({ name }) => name),
    ).toEqual([other, merged]);
    expect(readdirSync(folder).sort()).toEqual([other, merged].sort());
    expect([one, two]).not.toContain(open().newSegment());
  });

  it('drops what another method wrote, what is half written, and what is damaged where it is looked at', () => {
    const files = open();
    put(files, [1]);
    put(files, [2], 'method 2');
    const damaged = put(files, [3]);
    flip(damaged, -40);
    writeFileSync(path.join(folder, 'segment-000009.idx.part'), 'half');
    writeFileSync(path.join(folder, 'segment-000008.idx'), '');
    const again = open();
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(soundsIn(again)).toEqual([[1]]);
    expect(readdirSync(folder)).toEqual(['segment-000001.idx']);
    expect(soundsIn(again, 'method 2')).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes away a segment whose body is damaged, and no other one, when it is read through', () => {
    const files = open();
    const names = [[1], [2], [3]].map((sounds) => put(files, sounds));
    flip(names[1] as string, 100);
    expect(soundsIn(files)).toEqual([[1], [2], [3]]);
    files.removeDamaged();
    expect(soundsIn(files)).toEqual([[1], [3]]);
  });

  it('removes segments by name', () => {
    const files = open();
    const [one, two] = [put(files, [1]), put(files, [2])];
    files.removeSegments([one, 'segment-000077.idx']);
    expect(readdirSync(folder)).toEqual([two]);
  });
});

describe('the search that is going on', () => {
  it('keeps its plan and pieces until another one begins or it ends', () => {
    const files = open();
    expect(files.plan()).toBeUndefined();
    files.startPlan('plan é');
    files.writePiece('a', Float64Array.of(1.5, -2));
    files.writePiece('b', new Float64Array(0));
    const again = open();
    expect(again.plan()).toBe('plan é');
    expect(again.piece('a')).toEqual(Float64Array.of(1.5, -2));
    expect(again.piece('b')).toEqual(new Float64Array(0));
    expect(again.piece('c')).toBeUndefined();
    again.startPlan('another');
    expect([again.plan(), again.piece('a')]).toEqual(['another', undefined]);
    again.writePiece('a', Float64Array.of(3));
    again.endPlan();
    expect([again.plan(), again.piece('a')]).toEqual([undefined, undefined]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves no pieces behind where a kill came between the end of its plan and theirs', () => {
    const files = open();
    files.startPlan('plan');
    files.writePiece('a', Float64Array.of(1));
    rmSync(path.join(folder, 'search.json'));
    open();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has not done a piece that is damaged, and has no plan where that is damaged', () => {
    const files = open();
    files.startPlan('plan');
    files.writePiece('a', Float64Array.of(1, 2, 3));
    const [piece, plan] = ['piece-', 'search'].map((start) =>
      readdirSync(folder).find((name) => name.startsWith(start)),
    );
    flip(piece as string, 3);
    expect([files.plan(), files.piece('a')]).toEqual(['plan', undefined]);
    flip(plan as string, 2);
    expect(files.plan()).toBeUndefined();
  });

  it('never lets another segment have the name of one that its pieces are about', () => {
    const files = open();
    const name = put(files, [1]);
    files.startPlan(JSON.stringify({ segments: [name] }));
    files.removeSegments([name]);
    expect(open().newSegment()).not.toBe(name);
  });
});

/** Mounting needs a privileged user; elsewhere there is no small disk to fill. */
const canMount = process.getuid?.() === 0 && process.platform === 'linux';

describe.skipIf(!canMount)('a disk that takes no more (needs root, to mount a small tmpfs)', () => {
  let disk: string;
  beforeAll(() => {
    disk = mkdtempSync(path.join(tmpdir(), 'reprise-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  it('as it is full is said in a sentence and leaves no half file; with room it goes on', () => {
    const index = path.join(disk, 'index');
    const files = openSearchFolder(index, readTables);
    files.startPlan('plan');
    const large = new Float64Array(64_000);
    const FULL = expect.objectContaining({ code: 'index/disk-full', kind: 'exhausted' });
    expect(() => files.writePiece('large', large)).toThrow(FULL);
    expect(readdirSync(index)).toEqual(['search.json']);
    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    files.writePiece('large', large);
    expect(files.piece('large')).toEqual(large);
    files.endPlan();
  });

  it('as nobody may write to it is said in a sentence, too', () => {
    const index = path.join(disk, 'read-only');
    mkdirSync(index);
    const files = openSearchFolder(index, readTables);
    files.startPlan('plan');
    writeFileSync(path.join(index, 'segment-000001.idx.part'), 'half');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const DENIED = expect.objectContaining({ code: 'index/denied', kind: 'denied' });
    try {
      expect(() => files.writePiece('a', new Float64Array(1))).toThrow(DENIED);
      expect(() => files.startPlan('another')).toThrow(DENIED);
      expect(() => files.endPlan()).toThrow(DENIED);
      expect(() => openSearchFolder(index, readTables)).toThrow(DENIED);
      expect(() => openSearchFolder(path.join(disk, 'new'), readTables)).toThrow(DENIED);
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk]);
    }
  });
});
