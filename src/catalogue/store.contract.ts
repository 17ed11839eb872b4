/** What every catalogue must do. Run on each adapter, which must give the same store again when it is reopened. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import {
  type NumberedVerdict,
  RECORD_BYTES,
  type RecordedVerdict,
  readRecord,
  recordsOf,
  type Verdict,
} from '#matching';
import { pairsIn } from '../../test/support/comparisons.ts';
import { contentOf, hashOf } from '../../test/support/fake-workers.ts';
import { readComparisons, recordVerdicts } from './comparisons.ts';
import { type Content, type KnownContent, keyOfStamp, listingOf, type Sound, type StampKey } from './model.ts';
import type { CatalogueStore, FileChange, NewDecision } from './ports.ts';

const at = (path: string): BytePath => path as BytePath;
const stamp = (inode: bigint, sizeBytes = 5): StampKey =>
  keyOfStamp({ device: 64_768n, inode, sizeBytes, mtimeNs: 1_700_000_000_123_456_789n, ctimeNs: -1n });
const content = (text: string): Content => contentOf(Buffer.from(text), hashOf(Buffer.from(text)), 'test 1');
const known = (text: string): KnownContent => {
  const { contentHash, failure } = content(text);
  return { contentHash, failure };
};
const added = (path: string, inode: bigint, text: string): FileChange => ({
  kind: 'added',
  path: at(path),
  stamp: stamp(inode),
  content: { kind: 'new', content: content(text), producer: 'test 1' },
});
const verdict: Verdict = {
  ...{ relation: 'same-recording', truncated: null, similarity: 0.9, bitErrorRate: 0.05, overlapSeconds: 12.5 },
  ...{ offsetSeconds: -0.25, speedRatio: null, coherence: 0.75, evidence: null, segments: [], reasons: ['because'] },
};

const recorded: RecordedVerdict = {
  ...{ relation: 'same-recording', truncated: null, damaged: null, master: 'unknown', similarity: 0.9 },
  ...{ significance: null, overlapSeconds: 12.5, offsetSeconds: -0.25, speedRatio: null, coherence: 0.75 },
};

const numbered = (a: number, b: number, similarity: number): NumberedVerdict => ({
  ...{ a, b },
  verdict: { ...recorded, similarity },
});

/** `open` opens the same catalogue each time within a test; the suite disposes of what it opened. */
export function describeCatalogueStore(name: string, open: () => Promise<CatalogueStore>): void {
  describe(`${name} as a catalogue`, () => {
    let store: CatalogueStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store[Symbol.asyncDispose]());
    const reopen = async (): Promise<void> => {
      await store[Symbol.asyncDispose]();
      store = await open();
    };
    const all = async <T>(pages: AsyncIterable<T[]>): Promise<T[]> => {
      const items: T[] = [];
      for await (const page of pages) items.push(...page);
      return items;
    };

    it('gives back every figure as it was given, also after it was reopened', async () => {
      await store.apply([added('/m/a.flac', 2n ** 62n, 'A\nsound'), added('/m/b.flac', -7n, 'B\nbroken')]);
      await reopen();
      const [a, b] = await all(store.present());
      const { sound, ...rest } = content('A\nsound');
      const { fingerprint, altered, ...listed } = sound as Sound;
      expect(a?.content).toEqual({ ...rest, sound: listed });
      expect(a && keyOfStamp(a.file.stamp)).toBe(stamp(2n ** 62n));
      expect(b?.content).toEqual(content('B\nbroken'));
      expect(b && keyOfStamp(b.file.stamp)).toBe(stamp(-7n));
      const [number = 0] = (await store.presentSounds()).numbers;
      expect(await store.printsOf(number)).toEqual({ fingerprint, altered });
      expect(await store.firstPhaseOf(number)).toEqual(fingerprint[0]);
      expect((await store.matchTrack(number))?.stamp).toBe(stamp(2n ** 62n));
    });

    it('gives back what samples told about their source, and the rate that a coder was set to', async () => {
      const [loud, often, quiet] = [Uint8Array.of(9, 8), Uint8Array.of(7, 6), Uint8Array.of(5, 4)];
      const told: Sound['evidence'][] = [
        { bands: { loud, often, quiet }, usedBits: 16, codedAs: 'mp3' },
        { bands: null, usedBits: null, codedAs: null },
      ];
      const texts = ['A\nsound', 'B\nsound'];
      const changes = texts.map((text, i): FileChange => {
        const plain = content(text);
        const sound = plain.sound as Sound;
        const stream = { ...sound.stream, nominalBitRate: 160_000 };
        const evidence = told[i] as NonNullable<Sound['evidence']>;
        const full = { ...plain, sound: { ...sound, stream, evidence } };
        const held = { kind: 'new', content: full, producer: 'test 1' } as const;
        return { kind: 'added', path: at(`/m/${i}.ogg`), stamp: stamp(BigInt(i)), content: held };
      });
      await store.apply(changes);
      await reopen();
      const sounds = (await all(store.present())).map((file) => file.content?.sound);
      expect(sounds.map((sound) => sound?.evidence)).toEqual(told);
      expect(sounds.map((sound) => sound?.stream.nominalBitRate)).toEqual([160_000, 160_000]);
    });

    it('keeps one sketch a sound, gives it by audio hash, and drops it with the last content that has it', async () => {
      const sketched = (text: string, ...sketch: number[]): Content => {
        const plain = content(text);
        if (!plain.sound) throw new Error('It has no sound.');
        return { ...plain, sound: { ...plain.sound, sketch: Uint8Array.from(sketch) } };
      };
      const adding = (path: string, inode: bigint, held: Content): FileChange => ({
        ...{ kind: 'added', path: at(path), stamp: stamp(inode) },
        content: { kind: 'new', content: held, producer: 'test 1' },
      });
      const audioHash = content('A\nsound').sound?.audioHash ?? '';
      await store.apply([
        adding('/m/a.flac', 1n, sketched('A\nsound', 1, 2)),
        adding('/m/retagged.flac', 2n, sketched('B\nsound', 3, 4, 5)),
        added('/m/b.flac', 3n, 'B\nother'),
      ]);
      await reopen();
      expect(await store.sketchOf(audioHash)).toEqual(Uint8Array.of(3, 4, 5));
      expect(await store.sketchOf(content('B\nother').sound?.audioHash ?? '')).toBeUndefined();
      const [first] = await store.filesIn(at('/m'), 'test 1');
      const replace = (id: number | undefined, text: string): FileChange => ({
        ...{ kind: 'changed', id: id ?? -1, stamp: stamp(9n) },
        content: { kind: 'new', content: content(text), producer: 'test 1' },
      });
      await store.apply([replace(first?.id, 'C\nnew')]);
      await store.forgetUnheld();
      expect(await store.sketchOf(audioHash)).toBeDefined();
      const others = (await store.filesIn(at('/m'), 'test 1')).filter(({ path }) => path !== '/m/b.flac');
      await store.apply(others.map(({ id }) => replace(id, 'D\nnewer')));
      await store.forgetUnheld();
      expect(await store.sketchOf(audioHash)).toBeUndefined();
    });

    it('lists folders as a scan would, without what is missing or due', async () => {
      const due: FileChange = {
        ...{ kind: 'added', path: at('/m/x/due.flac'), stamp: stamp(3n) },
        content: { kind: 'unreadable', failure: { code: 'files/denied', message: 'No.' } },
      };
      await store.apply([
        added('/m/x/b.flac', 1n, 'B\nb'),
        added('/m/x/a.flac', 2n, 'A\na'),
        due,
        added('/m/x/gone.flac', 4n, 'C\nc'),
        added('/m/x/broken.flac', 5n, 'D\nbroken'),
        added('/m/xy/e.flac', 6n, 'E\ne'),
        added('/m/x/deep/f.flac', 7n, 'F\nf'),
      ]);
      const known = await store.filesIn(at('/m/x'), 'test 1');
      expect(known.map(({ path, isDue }) => [path, isDue])).toEqual([
        ['/m/x/a.flac', false],
        ['/m/x/b.flac', false],
        ['/m/x/broken.flac', false],
        ['/m/x/due.flac', true],
        ['/m/x/gone.flac', false],
      ]);
      await store.apply([{ kind: 'missing', id: known.at(-1)?.id ?? 0 }]);
      const listings = await store.listingsUnder(at('/m/x'), 'test 2');
      expect([...listings.keys()].sort()).toEqual(['/m/x', '/m/x/deep']);
      const names = [
        { name: at('a.flac'), stamp: stamp(2n) },
        { name: at('b.flac'), stamp: stamp(1n) },
      ];
      expect(listings.get(at('/m/x'))).toBe(listingOf(names));
    });

    it('knows contents by size, and failures only of the same producer', async () => {
      await store.apply([added('/a', 1n, 'A\nsound'), added('/b', 2n, 'B\nbroken')]);
      expect(await store.knownContents(7, 'test 2')).toEqual([known('A\nsound')]);
      expect(await store.knownContents(8, 'test 2')).toEqual([]);
      expect(await store.knownContents(8, 'test 1')).toEqual([known('B\nbroken')]);
    });

    it('keeps a file through moves, loss and return', async () => {
      await store.apply([added('/a', 1n, 'A\nsound')]);
      const [{ id } = { id: 0 }] = await store.filesIn(at('/'), 'test 1');
      await store.apply([{ kind: 'missing', id }]);
      expect(await all(store.present())).toEqual([]);
      expect((await store.missingWith(content('A\nsound').contentHash)).map((file) => file.id)).toEqual([id]);
      await store.apply([{ kind: 'moved', id, path: at('/sub/b'), stamp: stamp(9n) }]);
      const found = await store.filesWithInodes([stamp(9n)], 'test 1');
      expect(found).toEqual([{ id, path: '/sub/b', stamp: stamp(9n), state: 'present', isDue: false }]);
    });

    it('forgets contents only when no file holds them, missing or not', async () => {
      await store.apply([added('/a', 1n, 'A\nsound'), added('/b', 2n, 'B\nother')]);
      const [a, b] = await store.filesIn(at('/'), 'test 1');
      await store.apply([
        { kind: 'changed', id: a?.id ?? 0, stamp: stamp(1n), content: { kind: 'same-as', id: b?.id ?? 0 } },
        { kind: 'missing', id: b?.id ?? 0 },
      ]);
      await store.forgetUnheld();
      expect(await store.knownContents(7, 'x')).toEqual([known('B\nother')]);
    });

    it('applies a batch as a whole or not at all', async () => {
      const unknown: FileChange = {
        ...{ kind: 'added', path: at('/c'), stamp: stamp(3n) },
        content: { kind: 'known', contentHash: content('never seen').contentHash },
      };
      await expect(store.apply([added('/a', 1n, 'A\nsound'), unknown])).rejects.toThrow();
      expect(await all(store.present())).toEqual([]);
      await store.apply([added('/a', 1n, 'A\nsound')]);
      expect(await all(store.present())).toHaveLength(1);
    });

    it('gives tracks and verdicts only of sounds that are present', async () => {
      await store.apply([added('/b', 1n, 'A\nsame'), added('/a', 2n, 'B\nsame'), added('/c', 3n, 'C\nother')]);
      const [same, other] = ['A\nsame', 'C\nother'].map((text) => content(text).sound?.audioHash ?? '');
      const [a, b] = [same ?? '', other ?? ''].sort() as [string, string];
      const [one, two] = [await store.soundNumber(a), await store.soundNumber(b)] as [number, number];
      await recordVerdicts(store, 'm1', [{ a: one, b: two, verdict }], [one]);
      await reopen();
      const { numbers, checks } = await store.presentSounds();
      expect([...numbers]).toEqual([one, two].sort());
      expect(new Set(checks).size).toBe(2);
      expect(await store.lowestSounds(1)).toEqual([one]);
      const tracks = [await store.matchTrack(one), await store.matchTrack(two)];
      expect(tracks.map((track) => track?.audioHash)).toEqual([a, b]);
      expect(tracks.find((track) => track?.audioHash === same)?.path).toBe('/a');
      expect(pairsIn(await readComparisons(store, 'm1'))).toEqual([{ a, b, verdict: recorded }]);
      expect(pairsIn(await readComparisons(store, 'm2'))).toEqual([]);
      expect([...(await store.unmatched('m1'))]).toEqual([two]);
      expect([...(await store.unmatched('m2'))]).toEqual([one, two].sort());
      const lost = (await store.filesIn(at('/'), 'test 1')).find(({ path }) => path === '/c');
      await store.apply([{ kind: 'missing', id: lost?.id ?? 0 }]);
      expect(pairsIn(await readComparisons(store, 'm1'))).toEqual([]);
      const gone = a === other ? one : two;
      expect((await store.presentSounds()).numbers).toHaveLength(1);
      expect(await store.matchTrack(gone)).toBeUndefined();
      expect(await store.missingCount()).toBe(1);
      expect(await store.fingerprintOf(other ?? '')).toEqual(content('C\nother').sound?.fingerprint);
    });

    const blocksOf = async (method: string): Promise<Uint8Array[]> => {
      const blocks: Uint8Array[] = [];
      for await (const block of store.comparisons(method)) blocks.push(block);
      return blocks;
    };
    const pairsOf = (block: Uint8Array): [number, number, number | null][] => {
      const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
      return Array.from({ length: block.length / RECORD_BYTES }, (_, i) => {
        const { a, b, verdict: read } = readRecord(view, i * RECORD_BYTES);
        return [a, b, read.similarity];
      });
    };

    it('keeps what was recorded last of each pair, sorted within few blocks, however it came', async () => {
      const last = new Map<string, number>();
      let state = 1;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 1;
        return state % below;
      };
      for (let commit = 0; commit < 700; commit++) {
        const pairs = new Map<string, NumberedVerdict>();
        for (let n = commit % 50 === 0 ? 400 : random(6); n > 0; n--) {
          const [a, b] = [random(300), 300 + random(300)];
          pairs.set(`${a} ${b}`, numbered(a, b, commit / 1000));
          last.set(`${a} ${b}`, commit / 1000);
        }
        await store.recordComparisons('m1', recordsOf([...pairs.values()]), []);
      }
      await store.recordComparisons('m2', recordsOf([numbered(1, 2, 0.5)]), []);
      await reopen();
      const blocks = (await blocksOf('m1')).map(pairsOf);
      expect(blocks.length).toBeLessThan(80);
      for (const block of blocks) {
        const sorted = block.toSorted(([a, b], [c, d]) => a - c || b - d);
        expect(block).toEqual(sorted);
        expect(new Set(block.map(([a, b]) => `${a} ${b}`)).size).toBe(block.length);
      }
      const read = new Map(blocks.flat().map(([a, b, similarity]) => [`${a} ${b}`, similarity]));
      expect(read).toEqual(last);
      expect((await blocksOf('m2')).map(pairsOf)).toEqual([[[1, 2, 0.5]]]);
    });

    it('gives a sound a number that no other ever gets, and forgets with it what was compared', async () => {
      const hash = (text: string): string => content(text).sound?.audioHash ?? '';
      const [one, two, three] = ['A\none', 'A\ntwo', 'A\nthree'] as const;
      await store.apply([
        added('/1', 1n, one),
        added('/1b', 2n, 'B\none'),
        added('/2', 3n, two),
        added('/x', 4n, 'X\nbroken'),
      ]);
      const numbers = await store.soundNumbers();
      expect([...numbers.keys()]).toEqual([hash(one), hash(two)].sort());
      const [first, second] = [numbers.get(hash(one)) ?? -1, numbers.get(hash(two)) ?? -1];
      await recordVerdicts(store, 'm1', [{ a: first, b: second, verdict }], []);
      await recordVerdicts(store, 'm2', [{ a: first, b: second, verdict }], []);
      const files = await store.filesIn(at('/'), 'test 1');
      const holds = (path: string, text: string): FileChange => ({
        ...{ kind: 'changed', id: files.find((file) => file.path === path)?.id ?? -1, stamp: stamp(9n) },
        content: { kind: 'new', content: content(text), producer: 'test 2' },
      });
      await store.apply([holds('/1', three)]);
      await store.forgetUnheld();
      expect(await store.soundNumber(hash(one))).toBe(first);
      await store.apply([
        holds('/1b', three),
        { kind: 'missing', id: files.find(({ path }) => path === '/2')?.id ?? -1 },
      ]);
      expect([...(await store.soundNumbers()).keys()]).toEqual([hash(three)]);
      await store.forgetUnheld();
      await reopen();
      expect(await store.soundNumber(hash(one))).toBeUndefined();
      expect(await store.soundNumber(hash(two))).toBe(second);
      await store.apply([added('/1', 1n, one)]);
      expect(await store.soundNumber(hash(one))).toBeGreaterThan(Math.max(first, second));
      expect(await blocksOf('m1')).toHaveLength(1);
      await store.unmarkAbsent('m1');
      expect([await blocksOf('m1'), await blocksOf('m2')]).toEqual([[], []]);
    });

    it('keeps every decision as it was said, whatever becomes of the files', async () => {
      const said: NewDecision[] = [
        { a: 'sha256:a', b: 'sha256:b', word: 'same', at: 1_700_000_000_123, aPath: at('/m/\udcff'), bPath: null },
        { a: 'sha256:a', b: 'sha256:b', word: 'ask', at: 1_700_000_000_124, aPath: at('/m/a'), bPath: at('/m/b') },
      ];
      const numbered = said.map((decision, index) => ({ ...decision, n: index + 1 }));
      expect(await store.addDecisions(said)).toEqual(numbered);
      await store.apply([added('/a', 1n, 'A\nsound')]);
      const [{ id } = { id: 0 }] = await store.filesIn(at('/'), 'test 1');
      await store.apply([{ kind: 'missing', id }]);
      await store.forgetUnheld();
      await reopen();
      expect(await store.decisions()).toEqual(numbered);
    });

    it('adds no decision twice, and all or none', async () => {
      const one: NewDecision = { a: 'a', b: 'b', word: 'same', at: 1, aPath: null, bPath: null };
      await store.addDecisions([one]);
      const added = await store.addDecisions([
        { ...one, aPath: at('/x') },
        { ...one, at: 2 },
      ]);
      expect(added.map(({ at: time }) => time)).toEqual([2]);
      await expect(
        store.addDecisions([
          { ...one, at: 3 },
          { ...one, b: 'a' },
        ]),
      ).rejects.toThrow();
      expect((await store.decisions()).map(({ at: time }) => time)).toEqual([1, 2]);
    });
  });
}
