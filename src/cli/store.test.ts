/** `store` on a scripted terminal: what it asks the app for, what it says, and what it ends with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ItemReport, Plan } from '#filing';
import { AppError, type BytePath, cancelled } from '#kernel';
import type { ImportedFile, ImportReport, StoredEntry, StoreUsage, VerifyReport } from '#store';
import { sweepPlan } from '../../test/golden/cli-samples.ts';
import { type Script, type Session, scripted } from '../../test/support/command-session.ts';
import { DOCUMENT_SCHEMAS, type DocumentName } from '../../tools/document-schemas.mts';
import { runCommandLine } from './run.ts';
import type { StoreApp, StoreImportOptions, StoreWatchOptions } from './store-app.ts';
import { pathInStore } from './store-request.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reprise-store-cli-'));
});
afterEach(() => rmSync(home, { recursive: true }));

interface Seen {
  readonly session: Session;
  readonly code: number;
  readonly out: string;
  readonly talk: string;
}

async function run(args: readonly string[], script: Script = {}): Promise<Seen> {
  const session = scripted(home, ['store', ...args], script);
  const code = await runCommandLine(session.surroundings);
  return { session, code, out: session.out.join(''), talk: session.talk.join('') };
}

function document(name: DocumentName, { out }: Seen): Record<string, unknown> {
  return DOCUMENT_SCHEMAS[name].parse(JSON.parse(out)) as Record<string, unknown>;
}

const EVIL = '/radio/evil\u001b[31m \udcff.mp3' as BytePath;
const HASH = `sha256:${'0a'.repeat(32)}`;

function taken(source: string, sizeBytes: number, newBytes: number, isRenamed = false): ImportedFile {
  const value = { newBytes, contentHash: HASH, isRenamed, mtimeNs: 5n, inode: 7n };
  const path = (isRenamed ? `${source.slice(1)}_1` : source.slice(1)) as BytePath;
  return { source: source as BytePath, path, sizeBytes, outcome: { kind: 'done', value } };
}

function passed(source: string, reason: string): ImportedFile {
  return { source: source as BytePath, path: null, sizeBytes: 1, outcome: { kind: 'skipped', reason } };
}

function lost(source: string, code: string, message: string): ImportedFile {
  const outcome = { kind: 'failed', failure: { code, message } } as const;
  return { source: source as BytePath, path: null, sizeBytes: 1, outcome };
}

const FILES: readonly ImportedFile[] = [
  taken('/radio/a.mp3', 40_000_000, 10_000_000),
  taken('/radio/b.mp3', 8_000_000, 2_000_000, true),
  passed('/radio/c.mp3', 'in the store already'),
  passed('/radio/d.mp3', 'in the store already'),
  passed('/radio/link', 'a symbolic link, kept as one'),
  lost(EVIL, 'store/changed', 'The file changed while it was read.'),
];

const REPORT: ImportReport = {
  ...{ files: 5, imported: 2, skipped: 3, failed: 1, renamed: 1, bytes: 48_000_000, newBytes: 12_000_000 },
};
const WHOLE: ImportReport = { ...REPORT, failed: 0 };

interface Asked {
  readonly store: BytePath;
  readonly from: readonly BytePath[];
  readonly options: StoreImportOptions & Partial<Pick<StoreWatchOptions, 'quietSeconds'>>;
}

/** An app whose imports take these files in. */
function importing(files: readonly ImportedFile[] = FILES, report: ImportReport = REPORT) {
  const asked: Asked[] = [];
  const planned: { sources: readonly BytePath[]; files: readonly ImportedFile[]; command: string }[] = [];
  const take = async (store: BytePath, from: readonly BytePath[], options: Asked['options']): Promise<ImportReport> => {
    asked.push({ store, from, options });
    for (const file of files) options.onFile(file);
    return report;
  };
  const store: Partial<StoreApp> = {
    import: take,
    importRipfs: (at, old, options) => take(at, [old], options),
    watch: (at, folder, options) => take(at, [folder], options),
    planTrash: async (_, sources, held, command): Promise<Plan> => {
      planned.push({ sources, files: held, command });
      const items = sweepPlan.plan.items.slice(0, held.length);
      return { ...sweepPlan.plan, id: 'store-1', items };
    },
  };
  return { store, asked, planned };
}

describe('wrong arguments', () => {
  it.each([
    [[], 'Say what to do with a store.', 'It is one of init, import, ls'],
    [['fly', '/s'], '"store" cannot "fly".', 'It is one of'],
    [['init'], '"store init" needs more.', 'Write: reprise store init STORE'],
    [['cat', '/s'], '"store cat" needs more.', 'Write: reprise store cat STORE PATH'],
    [['export', '/s'], 'needs more', 'Write: reprise store export STORE DIR [PATH…]'],
    [['stat', '/s', '/t'], '"/t" is one too many.', 'Write: reprise store stat STORE'],
    [['ls', '/s', 'a', 'b'], '"b" is one too many.', ''],
    [['ls', '/s', '--dry-run'], '"store ls" has no option --dry-run.', 'Write: reprise store ls'],
    [['gc', '/s', '--read-data'], '"store gc" has no option --read-data.', ''],
    [['init', '/s', '--chunk', 'tiny'], '--chunk must be one of small, medium, large', ''],
    [['import', '/s'], 'needs something to take in', 'STORE --watch DIR'],
    [['import', '/s', '/a', '--watch', '/b'], 'one of them', ''],
    [['import', '/s', '--from-ripfs', '/a', '--watch', '/b'], 'one of them', ''],
    [['import', '/s', '--watch', '/a', '--watch', '/b'], 'one of them', ''],
    [['import', '/s', '--watch', '/a', '--dry-run'], '--watch and --dry-run exclude each other', ''],
    [['import', '/s', '--watch', '/a', '--delete-source'], '--watch and --delete-source exclude', 'now and then'],
    [['import', '/s', '--from-ripfs', '/a', '--delete-source'], '--from-ripfs and --delete-source exclude', ''],
    [['import', '/s', '--watch', '/a', '--thorough'], '--watch and --thorough exclude each other', ''],
    [['import', '/s', '/a', '--yes'], '--yes means something with --delete-source', ''],
    [['import', '/s', '/a', '--quiet-time', '3'], '--quiet-time means something with --watch or --del', ''],
    [['import', '/s', '--watch', '/a', '--quiet-time', 'soon'], '--quiet-time must be a number of seconds', ''],
  ])('%j are told, with what to write', async (args, message, hint) => {
    const { code, talk, out } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(talk).toContain(message);
    expect(talk).toContain(hint);
    expect(talk).not.toContain('bug');
  });

  it('a folder that is no store ends with 4 and says how to make one', async () => {
    const hint = 'Make one with: reprise store init /s';
    const missing = new AppError('store/missing', '/s is no recording store.', { kind: 'missing', hint });
    const { code, talk } = await run(['stat', '/s'], { store: { usage: () => Promise.reject(missing) } });
    expect(code).toBe(4);
    expect(talk).toContain(hint);
  });
});

describe('store init', () => {
  it.each([
    [[], 'small'],
    [['--chunk', 'large'], 'large'],
  ])('with %j', async (more, chunk) => {
    const made: unknown[] = [];
    const store: Partial<StoreApp> = { init: async (...asked) => void made.push(asked) };
    const seen = await run(['init', 'my store', ...more], { store });
    expect([seen.code, made]).toEqual([0, [['/music/my store', chunk]]]);
    expect(seen.out).toBe("Made a store in '/music/my store'.\n");
    expect(seen.talk).toContain("reprise store import '/music/my store' PATH…");
    expect(document('store-init', await run(['init', '/s', '--json', ...more], { store }))).toMatchObject({ chunk });
  });
});

describe('store import', () => {
  it('asks for what was named, and sums up', async () => {
    const { store, asked, planned } = importing();
    const seen = await run(['import', 'S', 'radio', '/more'], { store });
    expect(asked).toMatchObject([
      { store: '/music/S', from: ['/music/radio', '/more'], options: { dryRun: false, isThorough: false } },
    ]);
    expect(seen.code).toBe(3);
    expect(seen.out).toBe(
      'Imported 2 files, 48.0 MB, 12.0 MB of it new: 4.0 times smaller. 1 got a number, because the name was taken. ' +
        'Passed by: 2 in the store already; 1 a symbolic link, kept as one. 1 failed.\n',
    );
    expect(seen.talk).toContain('1 path could not be used:\n  1 path, store/changed\n');
    expect(seen.talk).not.toContain('\u001b');
    expect(planned).toEqual([]);
  });

  it('names each file with -v, and what was passed by with -vv', async () => {
    const { store } = importing();
    const once = await run(['import', '/s', '/radio', '-v'], { store });
    expect(once.talk).toContain('done     /radio/a.mp3: 40.0 MB, 10.0 MB new\n');
    expect(once.talk).toContain('done     /radio/b.mp3: 8.0 MB, 2.0 MB new, as radio/b.mp3_1\n');
    expect(once.talk).toContain("failed   $'/radio/evil\\e[31m \\xff.mp3': The file changed while it was read.\n");
    expect(once.talk).not.toContain('skipped');
    const twice = await run(['import', '/s', '/radio', '-vv'], { store });
    expect(twice.talk).toContain('skipped  /radio/c.mp3: in the store already\n');
  });

  it('ends with 0 where nothing failed, and says when nothing was new', async () => {
    const same = [taken('/radio/a.mp3', 5_000_000, 0)];
    const report = { ...WHOLE, files: 1, imported: 1, skipped: 0, renamed: 0, bytes: 5_000_000, newBytes: 0 };
    const seen = await run(['import', '/s', '/radio'], importing(same, report));
    expect([seen.code, seen.out]).toEqual([0, 'Imported 1 file, 5.0 MB, nothing of it new.\n']);
    const nothing = { ...report, imported: 0, bytes: 0, files: 0 };
    expect((await run(['import', '/s', '/radio'], importing([], nothing))).out).toBe('Imported 0 files.\n');
    const fresh = { ...report, newBytes: 5_000_000 };
    expect((await run(['import', '/s', '/radio'], importing(same, fresh))).out).toContain('5.0 MB, all of it new.');
  });

  it('prints one document with --json, with exact names', async () => {
    const seen = await run(['import', '/s', '/radio', '--json'], importing());
    expect(seen.code).toBe(3);
    expect(document('store-import', seen)).toEqual({
      ...{ v: 1, dryRun: false, ...REPORT },
      failures: [
        {
          path: '/radio/evil\u001b[31m \ufffd.mp3',
          pathBase64: Buffer.from('/radio/evil\u001b[31m \xff.mp3', 'latin1').toString('base64'),
          ...{ code: 'store/changed', message: 'The file changed while it was read.' },
        },
      ],
    });
  });

  it('only estimates with --dry-run', async () => {
    const { store, asked, planned } = importing(FILES.slice(0, 2), { ...WHOLE, skipped: 0 });
    const seen = await run(['import', '/s', '/radio', '--dry-run', '--delete-source'], { store });
    expect(asked[0]?.options.dryRun).toBe(true);
    expect(seen.out).toMatch(/^Would import 2 files, .*\. Nothing was written\.\n$/);
    expect([seen.code, planned]).toEqual([0, []]);
    expect(
      document('store-import', await run(['import', '/s', '/radio', '--dry-run', '--json'], { store })),
    ).toMatchObject({ dryRun: true, newBytes: 12_000_000 });
  });

  it('reads what is in already with --thorough', async () => {
    const { store, asked, planned } = importing();
    await run(['import', '/s', '/radio', '--thorough'], { store });
    expect([asked[0]?.options.isThorough, planned]).toEqual([true, []]);
  });

  it('takes a store of ripfs in', async () => {
    const { store, asked } = importing();
    await run(['import', '/s', '--from-ripfs', 'old'], { store });
    expect(asked[0]?.from).toEqual(['/music/old']);
  });

  it('watches a folder, names each file that comes, and ends well', async () => {
    const { store, asked } = importing(FILES, WHOLE);
    const seen = await run(['import', '/s', '--watch', '/radio', '--quiet-time', '2.5'], { store });
    expect(asked[0]?.options.quietSeconds).toBe(2.5);
    expect(seen.code).toBe(0);
    expect(seen.talk).toContain('Watching /radio, until Ctrl-C.');
    expect(seen.talk).toContain('done     /radio/a.mp3');
    expect(seen.talk).toContain('failed   ');
    expect(seen.talk).not.toContain('skipped');
    await run(['import', '/s', '--watch', '/radio'], { store });
    expect(asked[1]?.options.quietSeconds).toBe(10);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends with order at %s, and with %d', async (signal, code) => {
    const session = scripted(home, ['store', 'import', '/s', '/radio'], {
      store: {
        import: (_, __, options) =>
          new Promise((_resolve, reject) => {
            options.signal.addEventListener('abort', () => reject(cancelled()));
            session.interrupt(signal, 0);
          }),
      },
    });
    expect(await runCommandLine(session.surroundings)).toBe(code);
    expect(session.talk.join('')).toContain('goes on where it stopped');
  });
});

describe('store import --delete-source', () => {
  function letting(script: Script = {}, failed = false) {
    const { store, asked, planned } = importing([...FILES.slice(0, 5)], WHOLE);
    const applied: Plan[] = [];
    const app: Script['app'] = {
      applyPlan: async (plan, options) => {
        applied.push(plan);
        const error = failed ? new AppError('filing/changed', 'a.mp3 has changed.', { kind: 'conflict' }) : null;
        const items = plan.items.map((item): ItemReport => {
          return { item, outcome: failed ? 'failed' : 'done', now: null, error, remarks: [] };
        });
        for (const each of items) options.onFiled(each);
        return { plan, items };
      },
    };
    return { script: { store, app, ...script }, asked, planned, applied };
  }

  const args = ['import', '/s', '/my radio', '--delete-source'];

  it('refuses before the work where nobody can be asked', async () => {
    const { script, asked } = letting();
    const { code, talk } = await run(args, script);
    expect([code, asked]).toEqual([2, []]);
    expect(talk).toContain('Add --yes if the files shall go into the trash.');
  });

  it('asks, and lets go what the store holds', async () => {
    const { script, asked, planned, applied } = letting({ answers: ['y'] });
    const { code, out, talk } = await run(args, script);
    // What is in already is read, too, before its source may go.
    expect(asked[0]?.options.isThorough).toBe(true);
    expect(planned).toEqual([
      {
        sources: ['/my radio'],
        files: FILES.slice(0, 2),
        command: "store import /s '/my radio' --delete-source",
      },
    ]);
    expect(applied.map(({ id }) => id)).toEqual(['store-1']);
    expect(out).toContain('Plan store-1: 2 items done.');
    expect(talk).toContain('The files lie in the trash. To bring them back: reprise undo --plan store-1');
    expect(talk).toContain('reprise trash empty');
    expect(code).toBe(0);
  });

  it.each([['n'], [''], ['what?']])('does nothing after the answer %j', async (answer) => {
    const { script, applied } = letting({ answers: [answer] });
    const { code, talk } = await run(args, script);
    expect([code, applied]).toEqual([0, []]);
    expect(talk).toContain('Nothing was put into the trash.');
  });

  it('does not ask with --yes, and says what could not go', async () => {
    const { script } = letting({}, true);
    const { code, out } = await run([...args, '--yes'], script);
    expect(out).toContain('a.mp3 has changed.');
    expect(code).toBe(5);
  });

  it('leaves alone what may still be written to', async () => {
    const now = BigInt(Date.UTC(2026, 0, 2)) * 1_000_000n;
    const at = (source: string, secondsAgo: number): ImportedFile => {
      const value = { newBytes: 1, contentHash: HASH, isRenamed: false, inode: 1n };
      const mtimeNs = now - BigInt(secondsAgo) * 1_000_000_000n;
      return { ...taken(source, 1, 1), outcome: { kind: 'done', value: { ...value, mtimeNs } } };
    };
    const files = [
      at('/my radio/a', 9),
      at('/my radio/b', 11),
      at('/my radio/x/incomplete/c', 99),
      at('/my radio/d', 99),
    ];
    const { script } = letting();
    const { store, planned } = importing(files, WHOLE);
    const seen = await run([...args, '--yes'], { ...script, store });
    expect(planned[0]?.files.map(({ source }) => source)).toEqual(['/my radio/b', '/my radio/d']);
    expect(seen.talk).toContain(
      '2 files stay where they are: changed less than 10 s ago, or in a folder "incomplete".',
    );
    await run([...args, '--yes', '--quiet-time', '60'], { ...script, store });
    expect(planned[1]?.files.map(({ source }) => source)).toEqual(['/my radio/d']);
    const none = await run([...args, '--yes', '--quiet-time', '86400'], { ...script, store });
    expect([none.code, planned.length]).toEqual([0, 2]);
  });

  it('prints one document with --json', async () => {
    const { script } = letting();
    const seen = await run([...args, '--yes', '--json'], script);
    expect(document('store-import', seen)).toMatchObject({ imported: 2, applied: { plan: 'store-1', done: 2 } });
  });
});

function entry(path: string, facts: Partial<StoredEntry> = {}): StoredEntry {
  return {
    ...{ path: path as BytePath, kind: 'file', mode: 0o644, links: 1, uid: 1000, gid: 100, sizeBytes: 12_345_678 },
    ...{ mtimeNs: 1_767_312_000_123_456_789n, target: null, isRaw: false, ...facts },
  };
}

describe('store ls', () => {
  const entries = [
    entry('radio/week', { kind: 'folder', mode: 0o2755, sizeBytes: 0 }),
    entry('radio/evil\u001b[2J\udcff.mp3', { mode: 0o4711 }),
    entry('radio/link', { kind: 'symlink', mode: 0o777, target: 'we\nek' as BytePath }),
    entry('radio/old', { mode: 0o1700, mtimeNs: 2n ** 90n }),
  ];
  const listing = (asked: unknown[] = []): Script => ({
    store: {
      list: async function* (...what) {
        asked.push(what);
        yield* entries;
      },
    },
  });

  it('prints names, safe for a terminal', async () => {
    const asked: unknown[] = [];
    const seen = await run(['ls', '/s', '/radio/'], listing(asked));
    expect(asked).toEqual([['/s', 'radio', false]]);
    expect([seen.code, seen.out]).toEqual([0, 'week/\nevil\\e[2J\\xff.mp3\nlink\nold\n']);
  });

  it('prints whole paths with --recursive, and facts with -l', async () => {
    const asked: unknown[] = [];
    const seen = await run(['ls', '/s', '-lR'], listing(asked));
    expect(asked).toEqual([['/s', '', true]]);
    expect(seen.out).toBe(
      'drwxr-sr-x  1000:100              2026-01-02 00:00Z  radio/week/\n' +
        '-rws--x--x  1000:100     12.3 MB  2026-01-02 00:00Z  radio/evil\\e[2J\\xff.mp3\n' +
        'lrwxrwxrwx  1000:100     12.3 MB  2026-01-02 00:00Z  radio/link -> we\\nek\n' +
        `-rwx-----T  1000:100     12.3 MB  ${2n ** 90n / 1_000_000_000n} s  radio/old\n`,
    );
  });

  it('prints a document with --json', async () => {
    const { entries: printed } = document('store-ls', await run(['ls', '/s', '--json'], listing()));
    expect(printed).toMatchObject([
      { path: 'radio/week', kind: 'folder' },
      { pathBase64: expect.any(String), mtimeNs: '1767312000123456789', raw: false },
      { target: 'we\nek' },
      {},
    ]);
  });

  it('prints lists of any length', async () => {
    const list: StoreApp['list'] = async function* () {
      for (let n = 0; n < 1234; n++) yield entry(`${n}`);
    };
    expect((await run(['ls', '/s'], { store: { list } })).out.split('\n').length).toBe(1235);
  });
});

describe('a path in a store', () => {
  it.each([
    ['', ''],
    ['/', ''],
    ['radio', 'radio'],
    ['//radio///a.mp3/', 'radio/a.mp3'],
    ['./radio/../b/./c', 'b/c'],
    ['../..', ''],
    [' a /\udcff', ' a /\udcff'],
  ])('%j is %j', (typed, path) => expect(pathInStore(typed)).toBe(path));
});

describe('store cat', () => {
  const catting = (pieces: readonly Uint8Array[], asked: unknown[] = []): Script => ({
    store: {
      cat: async function* (...what) {
        asked.push(what);
        // As the app does: one room for all pieces.
        const room = new Uint8Array(8);
        for (const piece of pieces) {
          room.set(piece);
          yield room.subarray(0, piece.length);
        }
      },
    },
  });
  const pieces = [Uint8Array.of(0, 255, 27, 10), Uint8Array.of(1, 2, 3)];

  it('writes the bytes as they are, and nothing else', async () => {
    const asked: unknown[] = [];
    const { session, code, talk } = await run(['cat', '/s', '/radio/a.mp3'], catting(pieces, asked));
    expect(asked).toEqual([['/s', 'radio/a.mp3']]);
    expect(Buffer.concat(session.bytes)).toEqual(Buffer.concat(pieces));
    expect([code, talk]).toEqual([0, '']);
  });

  it('writes none to a terminal', async () => {
    const { session, code, talk } = await run(['cat', '/s', 'a b.mp3'], { ...catting(pieces), isTerminal: true });
    expect([code, session.bytes]).toEqual([2, []]);
    expect(talk).toContain("reprise store cat /s 'a b.mp3' | mpv -");
  });

  it('waits until a piece is taken before it asks for the next, and stops at Ctrl-C', async () => {
    const given: number[] = [];
    const store: Partial<StoreApp> = {
      cat: async function* () {
        for (let n = 0; ; n++) {
          given.push(n);
          yield Uint8Array.of(n);
        }
      },
    };
    const session = scripted(home, ['store', 'cat', '/s', 'a'], { store });
    const written: number[] = [];
    const writeBytes = async (bytes: Uint8Array): Promise<void> => {
      expect(given.length).toBe(written.length + 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      written.push(bytes[0] as number);
      if (written.length === 3) session.interrupt('SIGINT', 0);
    };
    expect(await runCommandLine({ ...session.surroundings, writeBytes })).toBe(130);
    expect(written).toEqual([0, 1, 2]);
  });
});

describe('store export', () => {
  const exporting = (asked: unknown[], failed: number): Script => ({
    store: {
      export: async (store, folder, paths, { onFile }) => {
        asked.push([store, folder, paths]);
        onFile(passed('/out/a', 'there already'));
        if (failed > 0) onFile(lost('/out/b', 'files/exists', '/out/b is there already, and is not replaced.'));
        return { files: 3, skipped: 1, failed, bytes: 5_000_000 };
      },
    },
  });

  it('writes what was named, and says what it left out', async () => {
    const asked: unknown[] = [];
    const seen = await run(['export', '/s', 'out', '/radio/a', 'b'], exporting(asked, 1));
    expect(asked).toEqual([['/s', '/music/out', ['radio/a', 'b']]]);
    expect(seen.out).toBe('Wrote 3 files, 5.0 MB, to /music/out. Passed by: 1 there already. 1 failed.\n');
    expect(seen.talk).toContain('files/exists');
    expect(seen.code).toBe(3);
  });

  it('prints a document with --json, and ends with 0 where all went well', async () => {
    const asked: unknown[] = [];
    const seen = await run(['export', '/s', '/out', '--json'], exporting(asked, 0));
    expect([asked, seen.code]).toEqual([[['/s', '/out', []]], 0]);
    expect(document('store-export', seen)).toEqual({
      v: 1,
      files: 3,
      skipped: 1,
      failed: 0,
      bytes: 5_000_000,
      failures: [],
    });
  });
});

describe('store stat', () => {
  const usage: StoreUsage = {
    ...{
      files: 1234,
      folders: 7,
      logicalBytes: 120_400_000_000,
      storedBytes: 31_200_000_000,
      diskBytes: 31_300_000_000,
    },
    ...{ uniqueBytes: 30_000_000_000, overheadBytes: 312_000_000, unusedBytes: 888_000_000, rawFiles: 1, rawBytes: 9 },
    ...{ blobs: 5000, packs: 12 },
    byFolder: [
      {
        name: Uint8Array.of(0x72, 0xff, 0x1b),
        ...{ files: 1234, logicalBytes: 120_400_000_000, uniqueBytes: 30_000_000_000, ownBytes: 30_000_000_000 },
      },
    ],
  };
  const script: Script = { store: { usage: async () => usage } };

  it('says what is in it and what it costs', async () => {
    expect((await run(['stat', '/s'], script)).out).toBe(
      [
        'Files       1,234 in 7 folders, 120 GB',
        'Stored      31.2 GB, 3.9 times smaller; 31.3 GB of the disk',
        'Different   30.0 GB: what a store without any cost would take',
        'Overhead    312 MB, 1 %: tables, index, checksums',
        'Unused      888 MB, 3 %; "reprise store gc" gives back what is worth it',
        'Not shared  1 file, 9 bytes, as they were written',
        'Kept in     5,000 blobs in 12 packs',
        '',
        'Name     Files    Size  Different  Only here',
        'r\\xff\\e  1,234  120 GB    30.0 GB    30.0 GB',
        '',
      ].join('\n'),
    );
  });

  it('prints a document with --json', async () => {
    const seen = document('store-stat', await run(['stat', '/s', '--json'], script));
    expect(seen).toMatchObject({ files: 1234, storedBytes: 31_200_000_000, byFolder: [{ namePathBase64: 'cv8b' }] });
    expect(seen['timesSmaller']).toBeCloseTo(3.859, 3);
  });

  it('of an empty store has no figure that it cannot have', async () => {
    const none = { ...usage, files: 0, logicalBytes: 0, uniqueBytes: 0, byFolder: [] };
    const seen = await run(['stat', '/s', '--json'], { store: { usage: async () => none } });
    expect(document('store-stat', seen)).toMatchObject({ timesSmaller: null });
    expect((await run(['stat', '/s'], { store: { usage: async () => none } })).out).toContain('not smaller');
  });
});

const GOOD: VerifyReport = {
  ...{ files: 3, rawFiles: 0, blobs: 4, bytesRead: 0, hit: [], problems: [], notes: [], damagedBlobs: [] },
};
const HIT = {
  node: 5,
  paths: [Buffer.from('radio/a\xff.mp3', 'latin1'), Buffer.from('/b')],
  message: 'It needs blob 2: Blob 2 in packs/00000001, from byte 9 on, is not what its SHA-256 says.',
};
const BAD: VerifyReport = {
  ...GOOD,
  hit: [HIT, { node: 6, paths: [], message: 'Its row is damaged.' }],
  problems: [HIT.message, 'The second is wrong, too.\u001b'],
};

describe('store verify', () => {
  it('ends with 0 where all is well, and says what it did not look at', async () => {
    const seen = await run(['verify', '/s'], { store: { verify: async () => GOOD } });
    expect(seen.code).toBe(0);
    expect(seen.out).toContain('Looked at 3 files in 4 blobs: everything is as it should be.\n');
    expect(seen.out).toContain('--read-data does that');
    expect(seen.out).not.toContain('not shared yet');
    const fresh = await run(['verify', '/s'], { store: { verify: async () => ({ ...GOOD, rawFiles: 2 }) } });
    expect([fresh.code, fresh.out.includes('2 more files are not shared yet')]).toEqual([0, true]);
    const json = await run(['verify', '/s', '--json'], { store: { verify: async () => ({ ...GOOD, rawFiles: 2 }) } });
    expect(document('store-verify', json)).toMatchObject({ files: 3, rawFiles: 2 });
  });

  it('reads all with --read-data', async () => {
    const asked: boolean[] = [];
    const seen = await run(['verify', '/s', '--read-data'], {
      store: {
        verify: async (_, { readData }) => {
          asked.push(readData);
          return { ...GOOD, bytesRead: 12_000_000, notes: ['The second copy of the tables is old.'] };
        },
      },
    });
    expect([asked, seen.code]).toEqual([[true], 0]);
    expect(seen.out).toContain('12.0 MB read and compared: everything is as it should be.');
    expect(seen.out).toContain('The second copy of the tables is old.\n');
    expect(seen.out).toContain('reprise store repair /s');
    expect(seen.out).not.toContain('--read-data');
  });

  it('names every file that is hit and why, and ends with 9', async () => {
    const seen = await run(['verify', '/s'], { store: { verify: async () => BAD } });
    expect(seen.code).toBe(9);
    expect(seen.out).toBe(
      `hit  $'radio/a\\xff.mp3', b: ${HIT.message}\n` +
        'hit  file 6, which has no name any more: Its row is damaged.\n' +
        'The second is wrong, too.\\e\n' +
        'Looked at 3 files in 4 blobs: 2 files are hit.\n' +
        'What can be kept is kept by: reprise store repair /s\n',
    );
    const json = await run(['verify', '/s', '--json'], { store: { verify: async () => BAD } });
    expect(json.code).toBe(9);
    expect(document('store-verify', json)).toMatchObject({
      readData: false,
      hit: [{ node: 5, paths: [{ pathBase64: expect.any(String) }, { path: 'b' }] }, { paths: [] }],
      problems: { length: 2 },
    });
  });

  it('ends with 9 also where something is damaged and no file is known to be hit', async () => {
    const report = { ...GOOD, problems: ['meta.db is damaged.'] };
    const seen = await run(['verify', '/s'], { store: { verify: async () => report } });
    expect([seen.code, seen.out.includes('something is damaged')]).toEqual([9, true]);
  });
});

describe('store repair', () => {
  const nothing = { isRebuilt: false, lostRows: 0, foundFiles: 0, indexedBlobs: 0, hit: [], problems: [] };

  it('says what it did, and ends with 9 where bytes are lost', async () => {
    const report = { ...nothing, isRebuilt: true, lostRows: 1, foundFiles: 2, indexedBlobs: 3, hit: [HIT] };
    const asked: boolean[] = [];
    const repair: StoreApp['repair'] = async (_, { dryRun }) => {
      asked.push(dryRun);
      return report;
    };
    const seen = await run(['repair', '/s'], { store: { repair } });
    expect(seen.code).toBe(9);
    expect(seen.out).toContain('The tables were made anew; 1 row of them lost.\n');
    expect(seen.out).toContain('2 files without a name were put into lost+found.\n');
    expect(seen.out).toContain('1 file does not give all bytes');
    const dry = await run(['repair', '/s', '--dry-run', '--json'], { store: { repair } });
    expect(document('store-repair', dry)).toMatchObject({ dryRun: true, rebuilt: true, hit: { length: 1 } });
    expect(asked).toEqual([false, true]);
  });

  it('says so where there was nothing to do', async () => {
    const seen = await run(['repair', '/s'], { store: { repair: async () => nothing } });
    expect([seen.code, seen.out]).toEqual([0, 'There was nothing to repair.\n']);
  });
});

describe('store gc', () => {
  const report = { packBytesBefore: 90_000_000, packBytesAfter: 50_000_000, blobsRemoved: 3, packsRemoved: 2 };
  const whole = { ...report, movedBytes: 20_000_000, keptDamaged: [] };

  it('says what it gave back, or would', async () => {
    const collect: StoreApp['collect'] = async () => whole;
    const seen = await run(['gc', '/s'], { store: { collect } });
    expect([seen.code, seen.out]).toEqual([0, 'Gave back 40.0 MB: 2 packs written anew, 20.0 MB of them.\n']);
    const dry = await run(['gc', '/s', '--dry-run'], { store: { collect } });
    expect(dry.out).toMatch(/^Would give back 40\.0 MB: .* Nothing was changed\.\n$/);
    expect(document('store-gc', await run(['gc', '/s', '--json'], { store: { collect } }))).toMatchObject({
      freedBytes: 40_000_000,
    });
  });

  it('names packs that it left alone, and ends with 3', async () => {
    const collect: StoreApp['collect'] = async () => ({ ...whole, packsRemoved: 0, keptDamaged: ['packs/00000002'] });
    const seen = await run(['gc', '/s'], { store: { collect } });
    expect(seen.code).toBe(3);
    expect(seen.out).toContain('packs/00000002 is damaged and was left as it is');
  });
});
