import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeHashMemory, entryOf, KIND, recalled, stampOf } from '../../sweep/hash-memory.contract.ts';
import { openHashFile } from './hash-file.ts';

let folder = '';
let troubles: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-hashes-'));
  troubles = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => path.join(folder, 'hashes');
const open = (mostBytes?: number) =>
  openHashFile(file(), {
    onTrouble: (message) => troubles.push(message),
    ...(mostBytes !== undefined && { mostBytes }),
  });

function learn(inodes: readonly number[], mostBytes?: number): void {
  const memory = open(mostBytes);
  for (const inode of inodes) memory.learn(KIND, stampOf(inode), 0, entryOf(String(inode).padStart(4)), 0);
  memory.keep();
}

const known = (inodes: readonly number[]): number[] => {
  const memory = open();
  return inodes.filter((inode) => recalled(memory, inode) !== undefined);
};

describeHashMemory('a file', () => open());

describe('the file of hashes', () => {
  it('is not made where nothing was learned', () => {
    open().keep();
    expect(existsSync(file())).toBe(false);
  });

  it('holds thousands and finds each', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => n);
    learn(many);
    expect(known(many)).toHaveLength(5_000);
  });

  it('whatever of its last batch a kill leaves: what was there before is known, and the next run mends it', () => {
    learn([1, 2]);
    const { size } = statSync(file());
    learn([3, 4]);
    const whole = readFileSync(file());
    for (let cut = size + 1; cut < whole.length; cut++) {
      writeFileSync(file(), whole);
      truncateSync(file(), cut);
      troubles = [];
      expect(known([1, 2, 3, 4])).toEqual([1, 2]);
      expect(troubles).toHaveLength(1);
    }
    learn([5]);
    troubles = [];
    expect(known([1, 2, 3, 4, 5])).toEqual([1, 2, 5]);
    expect(troubles).toEqual([]);
  });

  it('any flipped byte costs what stands behind it, is told, and never gives a wrong hash', () => {
    learn([1]);
    learn([2]);
    const whole = readFileSync(file());
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] as number) ^ 0x20;
      writeFileSync(file(), flipped);
      troubles = [];
      const memory = open();
      expect([undefined, '   1']).toContain(recalled(memory, 1));
      expect([undefined, '   2']).toContain(recalled(memory, 2));
      expect(troubles).toHaveLength(1);
    }
  });

  it('that is something else altogether is told, and begun anew', () => {
    writeFileSync(file(), 'my shopping list');
    learn([1]);
    expect(troubles).toHaveLength(1);
    expect(known([1])).toEqual([1]);
  });

  it('is begun anew when it has grown too large', () => {
    learn([1, 2, 3]);
    learn([4], 10);
    expect(known([1, 2, 3, 4])).toEqual([4]);
  });

  it('that cannot be written costs a message and nothing else', () => {
    mkdirSync(file());
    learn([1]);
    expect(troubles.join('\n')).toContain('EISDIR');
    expect(known([1])).toEqual([]);
  });

  it('shared by two runs keeps what both learned', () => {
    const [one, other] = [open(), open()];
    one.learn(KIND, stampOf(1), 0, entryOf('one1'), 0);
    other.learn(KIND, stampOf(2), 0, entryOf('two2'), 0);
    one.keep();
    other.keep();
    expect(known([1, 2])).toEqual([1, 2]);
    appendFileSync(file(), 'torn');
    expect(known([1, 2])).toEqual([1, 2]);
  });
});
