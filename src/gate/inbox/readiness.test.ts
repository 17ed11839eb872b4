import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StampKey } from '#catalogue';
import type { BytePath } from '#kernel';
import { createReadiness, type ListedFile, type Readiness } from './readiness.ts';

const STABLE_MS = 10_000;
const START = 1_700_000_000_000;
const FOLDER = '/in' as BytePath;

function createTime() {
  let now = START;
  return { now: () => now, pass: (milliseconds: number) => (now += milliseconds) };
}

function stampOf(inode: number, sizeBytes: number, mtimeMs: number, ctimeMs = mtimeMs): StampKey {
  return `1:${inode}:${sizeBytes}:${BigInt(mtimeMs) * 1_000_000n}:${BigInt(ctimeMs) * 1_000_000n}` as StampKey;
}

function file(name: string, stamp: StampKey): ListedFile {
  return { name: name as BytePath, stamp, isUnfinished: name.endsWith('.part') };
}

function look(readiness: Readiness, files: readonly ListedFile[], device = '1', unseen: readonly string[] = []): void {
  readiness.look({ folder: FOLDER, device, files, unseen: new Set(unseen as BytePath[]) });
}

function start() {
  const time = createTime();
  return { time, readiness: createReadiness({ stableMs: STABLE_MS, clock: time }) };
}

const names = (readiness: Readiness): string[] => readiness.steady().map(({ path }) => path.slice(FOLDER.length + 1));
function settleAll(readiness: Readiness): string[] {
  const ready = readiness.steady();
  for (const each of ready) readiness.settle(each);
  return ready.map(({ path }) => path);
}

describe('a file in an inbox', () => {
  it('is ready when it has not changed for long enough', () => {
    const { time, readiness } = start();
    look(readiness, [file('a', stampOf(1, 10, START))]);
    time.pass(STABLE_MS - 1);
    look(readiness, [file('a', stampOf(1, 20, START + STABLE_MS - 1))]);
    time.pass(STABLE_MS - 1);
    expect(names(readiness)).toEqual([]);
    expect(readiness.nextAt()).toBe(time.now() + 1);
    time.pass(1);
    expect(names(readiness)).toEqual(['a']);
  });

  it('is ready at once when it is first seen long after it was written', () => {
    const { readiness } = start();
    look(readiness, [file('a', stampOf(1, 10, START - STABLE_MS)), file('b', stampOf(2, 10, START - STABLE_MS + 1))]);
    expect(names(readiness)).toEqual(['a']);
  });

  it('waits from when it is seen where its time of writing lies in the future', () => {
    const { time, readiness } = start();
    look(readiness, [file('a', stampOf(1, 10, START + 3_600_000))]);
    time.pass(STABLE_MS);
    expect(names(readiness)).toEqual(['a']);
  });

  it('is ready at once when it was renamed from an unfinished name as it is, also over another file', () => {
    const { readiness } = start();
    look(readiness, [file('a', stampOf(9, 10, START - STABLE_MS)), file('a.part', stampOf(1, 10, START))]);
    settleAll(readiness);
    look(readiness, [file('a', stampOf(1, 10, START, START + 5))]);
    expect(names(readiness)).toEqual(['a']);
  });

  it('waits where it was written after it was last seen under its unfinished name', () => {
    const { readiness } = start();
    look(readiness, [file('a.part', stampOf(1, 10, START))]);
    look(readiness, [file('a', stampOf(1, 11, START))]);
    expect(names(readiness)).toEqual([]);
  });

  it('keeps its time when it is renamed while it waits', () => {
    const { time, readiness } = start();
    look(readiness, [file('a', stampOf(1, 10, START))]);
    time.pass(STABLE_MS - 1);
    look(readiness, [file('b', stampOf(1, 10, START, START + 5))]);
    expect(names(readiness)).toEqual([]);
    time.pass(1);
    expect(names(readiness)).toEqual(['b']);
  });

  it('is handed over by time of writing, then by name', () => {
    const { readiness } = start();
    const old = START - 3 * STABLE_MS;
    look(readiness, [file('c', stampOf(1, 1, old)), file('b', stampOf(2, 1, old)), file('a', stampOf(3, 1, old + 1))]);
    expect(names(readiness)).toEqual(['b', 'c', 'a']);
  });

  it('comes again when it is looked at anew and has changed, and not when it is postponed', () => {
    const { time, readiness } = start();
    look(readiness, [file('a', stampOf(1, 10, START - STABLE_MS))]);
    readiness.postpone('/in/a' as BytePath, 500);
    expect(names(readiness)).toEqual([]);
    time.pass(500);
    readiness.lookAgain('/in/a' as BytePath, stampOf(1, 11, START + 500));
    expect(names(readiness)).toEqual([]);
    time.pass(STABLE_MS);
    expect(settleAll(readiness)).toEqual(['/in/a']);
  });
});

describe('a file that has gone', () => {
  const OLD = stampOf(1, 10, START - STABLE_MS);

  it('is told once, after a while, where it had been ready', () => {
    const { time, readiness } = start();
    look(readiness, [file('a', OLD), file('b', stampOf(2, 10, START)), file('c.part', stampOf(3, 1, START))]);
    settleAll(readiness);
    look(readiness, []);
    expect(readiness.takeGone()).toEqual([]);
    expect(readiness.nextAt()).toBe(START + STABLE_MS);
    time.pass(STABLE_MS);
    expect(readiness.takeGone()).toEqual(['/in/a']);
    expect(readiness.takeGone()).toEqual([]);
  });

  it('is not told while it arrives under another name', () => {
    const { time, readiness } = start();
    look(readiness, [file('a', OLD)]);
    settleAll(readiness);
    look(readiness, [file('b', OLD)]);
    time.pass(STABLE_MS);
    expect(readiness.takeGone()).toEqual([]);
    expect(settleAll(readiness)).toEqual(['/in/b']);
    expect(readiness.takeGone()).toEqual(['/in/a']);
  });

  it('is not told where it is back, could not be looked at, or went with its volume', () => {
    const { time, readiness } = start();
    look(readiness, [file('a', OLD)]);
    settleAll(readiness);
    look(readiness, []);
    look(readiness, [file('a', OLD)]);
    settleAll(readiness);
    look(readiness, [], '1', ['a']);
    look(readiness, [], '2');
    time.pass(STABLE_MS);
    expect(readiness.takeGone()).toEqual([]);
  });

  it('is told for all that lay in a folder that has gone', () => {
    const { time, readiness } = start();
    const deeper = '/in/x/y' as BytePath;
    readiness.look({ folder: deeper, device: '1', files: [file('a', OLD)], unseen: new Set() });
    settleAll(readiness);
    readiness.lose('/in/x' as BytePath);
    expect(readiness.hasFolder(deeper)).toBe(false);
    time.pass(STABLE_MS);
    expect(readiness.takeGone()).toEqual(['/in/x/y/a']);
  });
});

describe('readiness, whatever happens', () => {
  type Step =
    | { readonly kind: 'write' | 'open' | 'close' | 'remove'; readonly name: number }
    | { readonly kind: 'rename'; readonly name: number; readonly to: number }
    | { readonly kind: 'wait'; readonly milliseconds: number }
    | { readonly kind: 'look' };
  const NAMES = ['a', 'b', 'c', 'a.part', 'b.part'];
  const name = fc.nat(NAMES.length - 1);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constantFrom('write' as const, 'open' as const, 'close' as const, 'remove' as const), name }),
    fc.record({ kind: fc.constant('rename' as const), name, to: name }),
    fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(2 * STABLE_MS) }),
    fc.constant({ kind: 'look' as const }),
  );

  /** A folder with files that people write to, rename and remove, and an inbox that looks at it. */
  function createModel() {
    const { time, readiness } = start();
    const files = new Map<string, { inode: number; size: number; at: number; isOpen: boolean; changedAt: number }>();
    const handed: { path: string; stamp: StampKey; isOpen: boolean }[] = [];
    let inodes = 0;
    const stampNow = ({ inode, size, at, changedAt }: { inode: number; size: number; at: number; changedAt: number }) =>
      stampOf(inode, size, at, changedAt);
    const act = (each: Step): void => {
      time.pass(1);
      const at = time.now();
      if (each.kind === 'wait') time.pass(each.milliseconds);
      else if (each.kind === 'look') {
        look(
          readiness,
          [...files].map(([fileName, its]) => file(fileName, stampNow(its))),
        );
        for (const ready of readiness.steady()) {
          const fileName = ready.path.slice(FOLDER.length + 1);
          const isOpen = files.get(fileName)?.isOpen === true;
          if (isOpen) readiness.postpone(ready.path, 500);
          else {
            handed.push({ path: ready.path, stamp: ready.stamp, isOpen });
            expect(ready.stamp).toBe(stampNow(files.get(fileName) as never));
            readiness.settle(ready);
          }
        }
      } else {
        const its = files.get(NAMES[each.name] as string);
        if (each.kind === 'write') {
          if (its) Object.assign(its, { size: its.size + 1, at, changedAt: at });
          else files.set(NAMES[each.name] as string, { inode: ++inodes, size: 1, at, isOpen: false, changedAt: at });
        } else if (each.kind === 'remove') files.delete(NAMES[each.name] as string);
        else if (each.kind === 'rename' && its) {
          files.delete(NAMES[each.name] as string);
          files.set(NAMES[each.to] as string, { ...its, changedAt: at });
        } else if (its) its.isOpen = each.kind === 'open';
      }
    };
    return { act, files, handed, stampNow };
  }

  it('never names an unfinished file, and each stamp of a path once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { act, handed } = createModel();
        for (const each of steps) act(each);
        expect(handed.filter(({ path }) => path.endsWith('.part'))).toEqual([]);
        const keys = handed.map(({ path, stamp }) => `${path} ${stamp}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('names every finished file in the end, as it is', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { act, files, handed, stampNow } = createModel();
        for (const each of steps) act(each);
        for (const index of NAMES.keys()) act({ kind: 'close', name: index });
        for (const each of ['look', 'wait', 'look', 'wait', 'look']) {
          act(each === 'look' ? { kind: 'look' } : { kind: 'wait', milliseconds: STABLE_MS });
        }
        for (const [fileName, its] of files) {
          if (fileName.endsWith('.part')) continue;
          expect(handed).toContainEqual({ path: `/in/${fileName}`, stamp: stampNow(its), isOpen: false });
        }
      }),
    );
  });
});
