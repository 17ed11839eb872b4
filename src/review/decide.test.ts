import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionStore, NewDecision, RecordedDecision } from '#catalogue';
import type { BytePath } from '#kernel';
import { decisionsInForce } from '#matching';
import { recordDecision, revokeDecision } from './decide.ts';
import { decisionsExport, decisionsList } from './decisions-document.ts';
import { importDecisions } from './decisions-import.ts';

/** A log in memory. */
function createLog(): DecisionStore {
  const log: RecordedDecision[] = [];
  const key = ({ a, b, at, word }: NewDecision): string => [a, b, at, word].join(' ');
  return {
    decisions: async () => [...log],
    addDecisions: async (decisions) => {
      const first = log.length;
      for (const decision of decisions) {
        if (!log.some((known) => key(known) === key(decision))) log.push({ ...decision, n: log.length + 1 });
      }
      return log.slice(first);
    },
  };
}

const hash = (letter: string): string => `sha256:${letter.charCodeAt(0).toString(16).padStart(64, '0')}`;
const sound = (letter: string) => ({ path: `/m/${letter}` as BytePath, audioHash: hash(letter) });
const [a, b, c] = ['a', 'b', 'c'].map(sound) as [
  ReturnType<typeof sound>,
  ReturnType<typeof sound>,
  ReturnType<typeof sound>,
];
const at = (now: number) => ({ now: () => now });

describe('a decision', () => {
  it('belongs to the sounds in whatever order, and is recorded once', async () => {
    const store = createLog();
    expect(await recordDecision({ store, clock: at(5) }, b, a, 'same')).toEqual({
      ...{ n: 1, at: 5, word: 'same', a: a.audioHash, b: b.audioHash, aPath: '/m/a', bPath: '/m/b' },
    });
    expect(await recordDecision({ store, clock: at(9) }, a, b, 'same')).toBeNull();
    expect(await recordDecision({ store, clock: at(9) }, a, c, 'ask')).toBeNull();
  });

  it('is the last word though the clock was set back', async () => {
    const store = createLog();
    await recordDecision({ store, clock: at(1000) }, a, b, 'same');
    expect(await recordDecision({ store, clock: at(10) }, a, b, 'different')).toMatchObject({ at: 1001 });
    expect(decisionsInForce(await store.decisions())).toMatchObject([{ n: 2, word: 'different' }]);
  });

  it('that is overruled becomes the latest when it is said again', async () => {
    const store = createLog();
    await recordDecision({ store, clock: at(1) }, a, b, 'different');
    await recordDecision({ store, clock: at(2) }, a, c, 'same');
    await recordDecision({ store, clock: at(3) }, b, c, 'same');
    expect(await recordDecision({ store, clock: at(4) }, a, c, 'same')).toMatchObject({ n: 4 });
    const { decisions } = decisionsList(await store.decisions(), []);
    expect(decisions.map(({ n, overruledBy }) => [n, overruledBy])).toEqual([
      ...[
        [1, []],
        [3, [1, 4]],
        [4, []],
      ],
    ]);
  });

  it('about equal audio is never recorded, and never says different', async () => {
    const store = createLog();
    const twin = { path: '/m/twin' as BytePath, audioHash: a.audioHash };
    const parts = { store, clock: at(1) };
    expect(await recordDecision(parts, a, twin, 'same')).toBeNull();
    await expect(recordDecision(parts, a, twin, 'different')).rejects.toMatchObject({
      code: 'decisions/one-sound',
      kind: 'usage',
    });
    await expect(recordDecision(parts, a, a, 'same')).rejects.toMatchObject({ code: 'decisions/one-file' });
    expect(await store.decisions()).toEqual([]);
  });

  it('is taken back by its number, once', async () => {
    const store = createLog();
    const parts = { store, clock: at(1) };
    await recordDecision(parts, a, b, 'same');
    expect(await revokeDecision(parts, 1)).toMatchObject({ n: 2, word: 'ask', aPath: '/m/a' });
    await expect(revokeDecision(parts, 1)).rejects.toMatchObject({ code: 'decisions/missing', kind: 'missing' });
    expect(await recordDecision(parts, a, b, 'ask')).toBeNull();
    expect(await store.decisions()).toHaveLength(2);
  });
});

describe('an export', () => {
  it('comes back whole, merges in any order and only once', async () => {
    const word = fc.constantFrom('same' as const, 'different' as const, 'ask' as const);
    const entry = fc.record({ word, at: fc.nat(5), pair: fc.constantFrom('ab', 'ac', 'bc') }).map(
      ({ pair, ...rest }): NewDecision => ({
        ...{ ...rest, a: hash(pair.charAt(0)), b: hash(pair.charAt(1)) },
        ...{ aPath: '/m/\udcff' as BytePath, bPath: null },
      }),
    );
    const log = fc.array(entry, { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(log, log, async (one, other) => {
        const [first, second] = [createLog(), createLog()];
        await first.addDecisions(one);
        await second.addDecisions(other);
        const exported = async (store: DecisionStore): Promise<string> =>
          JSON.stringify(decisionsExport(await store.decisions()));
        const [mine, yours] = [await exported(first), await exported(second)];
        await importDecisions({ store: first }, yours);
        await importDecisions({ store: second }, mine);
        const words = async (store: DecisionStore): Promise<unknown[]> =>
          decisionsInForce(await store.decisions()).map(({ n, ...rest }) => rest);
        expect(await words(first)).toEqual(await words(second));
        const again = await importDecisions({ store: first }, mine);
        expect(again).toEqual({
          entries: JSON.parse(mine).decisions.length,
          added: 0,
          known: again.entries,
          failures: [],
        });
      }),
      { numRuns: 50 },
    );
  });

  const good = {
    word: 'same',
    at: '2026-01-02T03:04:05.678Z',
    aAudioHash: hash('b'),
    bAudioHash: hash('a'),
    a: '/m/b',
  };

  it('may be written by hand: sides are turned, paths may be missing or in bytes', async () => {
    const store = createLog();
    await importDecisions({ store }, JSON.stringify({ v: 1, decisions: [{ ...good, bPathBase64: 'L/8=' }] }));
    expect(await store.decisions()).toEqual([
      { n: 1, word: 'same', at: 1767323045678, a: hash('a'), b: hash('b'), aPath: '/\udcff', bPath: '/m/b' },
    ]);
  });

  it('gives what is right in it, and names each entry that is not', async () => {
    const store = createLog();
    const bad = [
      ...[
        { ...good, word: 'maybe' },
        { ...good, at: 'yesterday' },
        { ...good, at: '2026-99-02T03:04:05Z' },
      ],
      ...[
        { ...good, aAudioHash: 'sha256:12' },
        { ...good, bAudioHash: hash('b') },
        { ...good, a: 5 },
        { ...good, at: '9999-12-31T23:59:59.999Z' },
      ],
      ...[{ ...good, aPathBase64: '*' }, null, 'text', {}],
    ];
    const report = await importDecisions({ store }, JSON.stringify({ v: 1, decisions: [...bad, good] }));
    expect(report).toMatchObject({ entries: bad.length + 1, added: 1, known: 0 });
    expect(report.failures.map(({ entry }) => entry)).toEqual(bad.map((_, index) => index + 1));
    expect(report.failures[0]).toEqual({
      ...{ entry: 1, a: '/m/b', b: null, code: 'decisions/damaged' },
      message: 'Entry 1 (/m/b, no name): its word is none of same, different, ask.',
    });
  });

  it.each(['', '{"v": 1, "decisions": [', '[]', '{"v":1}', '{"decisions":[]}', 'null'])(
    'that is none is refused whole: %j',
    async (text) => {
      const failure = { code: 'decisions/not-an-export', kind: 'corrupt' };
      await expect(importDecisions({ store: createLog() }, text)).rejects.toMatchObject(failure);
    },
  );

  it('of a newer program is refused', async () => {
    await expect(importDecisions({ store: createLog() }, '{"v":2,"decisions":[]}')).rejects.toMatchObject({
      code: 'decisions/too-new',
      kind: 'unsupported',
    });
  });
});
