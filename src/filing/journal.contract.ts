/** What every journal of filing must do. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BytePath, pathFromBytes } from '#kernel';
import type { Entry, EntryState, NewEntry } from './entry.ts';
import type { EntryFilter, Journal } from './ports.ts';

const path = (text: string): BytePath => text as BytePath;
const ODD = pathFromBytes(Uint8Array.of(0x2f, 0xff, 0x0a, 0x22, 0xed, 0xa0, 0x80, 0x27));

/** An entry with everything that entries have. */
export function sampleEntry(fields: Partial<NewEntry> = {}): NewEntry {
  return {
    ...{ plan: 'plan-1', item: 1, verb: 'move', concerns: null, shape: 'relocate', state: 'intended', at: 1000 },
    ...{ from: path('/music/a.mp3'), to: path('/out/a.mp3'), made: null, keeper: path('/music/b.mp3') },
    was: {
      inode: 2n ** 64n - 1n,
      sizeBytes: 2 ** 53 - 1,
      mtimeNs: -(2n ** 63n),
      contentHash: `sha256:${'0'.repeat(64)}`,
    },
    madeFolders: [path('/out')],
    folderTimes: [{ folder: path('/music'), beforeNs: 1_400_000_000_000_000_001n, afterNs: null }],
    reason: 'the same bytes as "b.mp3"',
    ...fields,
  };
}

/** `open` opens the same journal each time within a test; the suite disposes of what it opened. */
export function describeJournal(name: string, open: () => Journal): void {
  describe(`${name} as a journal`, () => {
    let journal: Journal;
    beforeEach(() => {
      journal = open();
    });
    afterEach(() => journal[Symbol.dispose]());
    const reopen = (): void => {
      journal[Symbol.dispose]();
      journal = open();
    };
    const add = (fields: Partial<NewEntry> = {}): Entry => journal.add([sampleEntry(fields)])[0] as Entry;
    const numbers = (filter: EntryFilter): number[] => journal.entries(filter).map(({ n }) => n);

    it('begins empty', () => {
      expect(journal.entries({})).toEqual([]);
    });

    it('numbers entries from 1 on, in order, and never anew', () => {
      const added = journal.add([sampleEntry(), sampleEntry({ item: 2 })]);
      expect(added.map(({ n, item }) => [n, item])).toEqual([
        ...[
          [1, 1],
          [2, 2],
        ],
      ]);
      reopen();
      expect([add().n, numbers({})]).toEqual([3, [1, 2, 3]]);
    });

    it('gives back what it was given, to the last bit', () => {
      const entries = [
        sampleEntry(),
        sampleEntry({ item: null, verb: 'undo', concerns: 1, shape: 'replace', state: 'prepared', keeper: null }),
        sampleEntry({ from: ODD, to: ODD, keeper: ODD, madeFolders: [ODD, path('/a')], folderTimes: [], plan: 'é"\n' }),
        sampleEntry({ made: { inode: 0n, sizeBytes: 0, mtimeNs: -1n, contentHash: null }, reason: '' }),
        sampleEntry({ folderTimes: [{ folder: ODD, beforeNs: -1n, afterNs: 2n ** 63n }], reason: '{"int":"5"}' }),
      ];
      const added = journal.add(entries);
      reopen();
      expect(journal.entries({})).toEqual(added);
      expect(journal.entries({})).toEqual(entries.map((entry, place) => ({ ...entry, n: place + 1 })));
    });

    it('law: carries every path and every number', () => {
      const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map(pathFromBytes);
      const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n });
      fc.assert(
        fc.property(bytes, bytes, whole, whole, (from, to, inode, mtimeNs) => {
          const was = { inode, sizeBytes: 1, mtimeNs, contentHash: null };
          const entry = add({ from, to, was });
          expect(journal.entries({ numbers: [entry.n] })).toEqual([{ ...sampleEntry({ from, to, was }), n: entry.n }]);
        }),
      );
    });

    it('changes the fields that it is told, and no others', () => {
      const [one, two] = [add(), add()];
      const made = { inode: 7n, sizeBytes: 5, mtimeNs: 9n, contentHash: null };
      journal.change([
        { n: one.n, state: 'done', made },
        { n: two.n, to: ODD, reason: 'another', madeFolders: [], folderTimes: [] },
      ]);
      reopen();
      expect(journal.entries({})).toEqual([
        { ...one, state: 'done', made },
        { ...two, to: ODD, reason: 'another', madeFolders: [], folderTimes: [] },
      ]);
    });

    it('changes the same entry twice in order', () => {
      const { n } = add();
      journal.change([
        { n, state: 'prepared' },
        { n, state: 'done' },
      ]);
      expect(journal.entries({})[0]?.state).toBe('done');
    });

    it('changes all or none', () => {
      const { n } = add();
      expect(() =>
        journal.change([
          { n, state: 'done' },
          { n: 99, state: 'done' },
        ]),
      ).toThrow('99');
      expect(journal.entries({})[0]?.state).toBe('intended');
    });

    it('adds all or none', () => {
      const broken = { ...sampleEntry(), at: undefined } as unknown as NewEntry;
      expect(() => journal.add([sampleEntry(), broken])).toThrow();
      expect(journal.entries({})).toEqual([]);
      expect([journal.add([]), journal.entries({})]).toEqual([[], []]);
    });

    it('law: finds by plan, state, verb, time and number what a search of all would', () => {
      const states: readonly EntryState[] = [
        'intended',
        'prepared',
        'done',
        'abandoned',
        'undone',
        'emptied',
        'unclear',
      ];
      for (const [place, state] of [...states, ...states, ...states].entries()) {
        add({ plan: `plan-${place % 4}`, at: 1000 + place, state, verb: place % 3 === 0 ? 'link' : 'move' });
      }
      const all = journal.entries({});
      const filter = fc.record(
        {
          plan: fc.constantFrom('plan-0', 'plan-1', 'no such plan'),
          states: fc.subarray([...states]),
          verbs: fc.subarray<Entry['verb']>(['move', 'link', 'undo']),
          since: fc.integer({ min: 995, max: 1025 }),
          numbers: fc.uniqueArray(fc.integer({ min: 0, max: 25 })),
        },
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(filter, ({ plan, states: wanted, verbs, since, numbers: some }) => {
          const goal = all.filter(
            (entry) =>
              (plan === undefined || entry.plan === plan) &&
              (wanted?.includes(entry.state) ?? true) &&
              (verbs?.includes(entry.verb) ?? true) &&
              (since === undefined || entry.at >= since) &&
              (some?.includes(entry.n) ?? true),
          );
          const asked = { plan, states: wanted, verbs, since, numbers: some };
          const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
          expect(journal.entries(given)).toEqual(goal);
        }),
      );
    });
  });
}
