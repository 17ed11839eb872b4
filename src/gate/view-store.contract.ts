/** What every store of views must do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOfStamp } from '#catalogue';
import { type BytePath, pathFromBytes } from '#kernel';
import type { GateWord } from './model.ts';
import type { ViewEntry, ViewStore } from './ports.ts';

/** A store whose judgements the suite can make, as the rest of a gate's store does. */
export interface ViewStoreSubject {
  readonly store: ViewStore;
  /** Writes a judgement. */
  judge(file: JudgedFile): void;
  close(): Promise<void>;
}

export interface JudgedFile {
  readonly path: BytePath;
  readonly inbox: string;
  readonly word: GateWord;
  readonly isAdmitted: boolean;
  readonly placed?: BytePath;
}

const path = (text: string): BytePath => text as BytePath;
const ODD = pathFromBytes(Uint8Array.of(0x2f, 0xff, 0x22, 0xed, 0xa0, 0x80, 0x0a));
const LINK: ViewEntry = { path: path('/view/a.mp3'), target: path('/in/a.mp3'), kind: 'symlink', stamp: null };

/** `open` opens the same store each time within a test; the suite closes what it opened. */
export function describeViewStore(name: string, open: () => Promise<ViewStoreSubject>): void {
  describe(`${name} as a store of views`, () => {
    let subject: ViewStoreSubject;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());
    const store = (): ViewStore => subject.store;
    const reopen = async (): Promise<void> => {
      await subject.close();
      subject = await open();
    };

    it('knows each view by its own entries', async () => {
      const stamp = keyOfStamp({
        ...{
          device: 2n ** 63n,
          inode: 2n ** 64n - 1n,
          sizeBytes: 5,
          mtimeNs: -1n,
          ctimeNs: 1_700_000_000_123_456_789n,
        },
      });
      const entries: ViewEntry[] = [
        LINK,
        { path: path('/view/b.mp3'), target: path('/in/b.mp3'), kind: 'copy', stamp },
        { path: path('/view/f'), target: path('/view/f'), kind: 'folder', stamp: null },
        { path: path('/view/.g.tmp'), target: path('/view/g'), kind: 'growing', stamp: null },
        { path: ODD, target: ODD, kind: 'symlink', stamp: null },
      ];
      await store().addViewEntries('phone', entries);
      await store().addViewEntries('car', [LINK]);
      await store().addViewEntries('car', []);
      await reopen();
      expect(await store().viewEntries('phone')).toHaveLength(entries.length);
      expect(new Set(await store().viewEntries('phone'))).toEqual(new Set(entries));
      expect(await store().viewEntries('car')).toEqual([LINK]);
      expect(await store().viewEntries('none')).toEqual([]);
    });

    it('puts what it is told last in the place of what it knew of a path', async () => {
      await store().addViewEntries('phone', [LINK]);
      const other: ViewEntry = { ...LINK, target: path('/in/other.mp3') };
      await store().addViewEntries('phone', [other]);
      expect(await store().viewEntries('phone')).toEqual([other]);
    });

    it('forgets entries of one view', async () => {
      for (const view of ['phone', 'car']) await store().addViewEntries(view, [LINK]);
      await store().removeViewEntries('phone', [LINK.path, path('/view/unknown')]);
      expect([await store().viewEntries('phone'), await store().viewEntries('car')]).toEqual([[], [LINK]]);
    });

    it('shows what is admitted or passed through of an inbox, page by page', async () => {
      const judge = (name: string, word: GateWord, isAdmitted: boolean, inbox = 'downloads'): void =>
        subject.judge({ path: path(`/in/${name}`), inbox, word, isAdmitted });
      judge('new', 'new', true);
      judge('duplicate', 'duplicate', false);
      judge('admitted by a person', 'duplicate', true);
      judge('cover', 'unknown', false);
      judge('only observed', 'new', false);
      judge('held', 'held', false);
      judge('elsewhere', 'new', true, 'other');
      subject.judge({ path: ODD, inbox: 'downloads', word: 'new', isAdmitted: true, placed: ODD });
      await reopen();
      const all = await store().shownFiles('downloads', 0, 10);
      expect(all.map((file) => [file.path, file.placed])).toEqual([
        ['/in/new', null],
        ['/in/admitted by a person', null],
        ['/in/cover', null],
        [ODD, ODD],
      ]);
      const [first, ...rest] = all;
      expect(await store().shownFiles('downloads', 0, 1)).toEqual([first]);
      expect(await store().shownFiles('downloads', first?.id ?? 0, 10)).toEqual(rest);
    });
  });
}
