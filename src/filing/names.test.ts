import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AppError, type BytePath, baseName, bytesOfPath, joinPath, pathFromBytes } from '#kernel';
import { freeName, growingName, waitingName } from './names.ts';

const path = (text: string): BytePath => text as BytePath;
const folder = path('/music');
const bytesIn = (name: string): number => bytesOfPath(name as BytePath).length;

/** The name that is found where the given ones are taken. */
function free(name: string, ...taken: readonly string[]): string {
  return baseName(freeName(joinPath(folder, path(name)), (each) => taken.includes(baseName(each))));
}

describe('a free name', () => {
  it('is the wanted one where nothing has it', () => expect(free('a.mp3')).toBe('a.mp3'));

  it('has the first free number before the extension', () => {
    expect(free('a.mp3', 'a.mp3')).toBe('a_1.mp3');
    expect(free('a.mp3', 'a.mp3', 'a_1.mp3', 'a_3.mp3')).toBe('a_2.mp3');
    expect(free('a.tar.gz', 'a.tar.gz')).toBe('a.tar_1.gz');
  });

  it.each([
    ['README', 'README_1'],
    ['.hidden', '.hidden_1'],
    ['.hidden.mp3', '.hidden_1.mp3'],
    ['ends.', 'ends_1.'],
  ])('of %s is %s', (name, goal) => expect(free(name, name)).toBe(goal));

  it('is cut at a whole character where the number makes it too long', () => {
    const ascii = `${'a'.repeat(251)}.mp3`;
    expect(free(ascii, ascii)).toBe(`${'a'.repeat(249)}_1.mp3`);
    const accents = `x${'é'.repeat(125)}.mp3`;
    expect(free(accents, accents)).toBe(`x${'é'.repeat(124)}_1.mp3`);
    const notes = `${'🎵'.repeat(62)}xyz.mp3`;
    expect(free(notes, notes)).toBe(`${'🎵'.repeat(62)}x_1.mp3`);
  });

  it('is cut between bytes that are no characters', () => {
    const stray = pathFromBytes(new Uint8Array(255).fill(0x80));
    expect(bytesIn(free(stray, stray))).toBe(252);
  });

  it('is found where what looks like an extension fills the whole name', () => {
    const name = `a.${'b'.repeat(253)}`;
    expect(free(name, name)).toBe(`a.${'b'.repeat(251)}_1`);
  });

  it('is another than one that no file system takes', () => {
    expect(free(`${'a'.repeat(300)}.accurip`)).toBe(`${'a'.repeat(245)}_1.accurip`);
  });

  it('is not looked for for ever', () => {
    expect(() => freeName(path('/music/a.mp3'), () => true)).toThrow(
      expect.objectContaining({ code: 'filing/no-name', kind: 'conflict' }) as AppError,
    );
  });

  it('law: was never taken, fits every file system, and keeps folder and extension', () => {
    const name = fc
      .array(fc.constantFrom(0x61, 0x2e, 0x5f, 0xc3, 0xa9, 0x80, 0xff, 0xf0, 0x9f, 0x8e, 0xb5), {
        minLength: 1,
        maxLength: 255,
      })
      .map((bytes) => pathFromBytes(Uint8Array.from(bytes)))
      .filter((each) => each !== '.' && each !== '..');
    fc.assert(
      fc.property(name, fc.nat(12), (wanted, times) => {
        const taken = new Set<BytePath>();
        for (let time = 0; time <= times; time++) {
          const found = freeName(joinPath(folder, wanted), (each) => taken.has(each));
          expect(taken.has(found)).toBe(false);
          expect(bytesIn(baseName(found))).toBeLessThanOrEqual(255);
          expect(found.startsWith('/music/')).toBe(true);
          const extension = /^.+?(\.[^.]{0,10})$/s.exec(wanted)?.[1] ?? '';
          expect(found.endsWith(extension)).toBe(true);
          taken.add(found);
        }
      }),
    );
  });
});

it('names of our own differ from act to act and lie beside where the act goes', () => {
  const of = (n: number, plan = 'p') => ({ plan, n, to: path('/out/deep/a.mp3') });
  expect(growingName(of(7))).toBe('/out/deep/.reprise-p-7.tmp');
  expect(waitingName(of(7))).toBe('/out/deep/.reprise-p-7.swap');
  expect(new Set([growingName(of(1)), growingName(of(2)), growingName(of(1, 'q'))]).size).toBe(3);
});
