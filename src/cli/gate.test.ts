/** `gate` on a scripted terminal: what it asks for, and what it says and ends with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GATE_WORDS, type GateVerdict, type GateWord, type ImportRequest, type JobFile } from '#gate';
import { AppError, type BytePath, type ErrorKind, pathFromBytes } from '#kernel';
import { type Session, scripted } from '../../test/support/command-session.ts';
import { DOCUMENT_SCHEMAS, type DocumentName } from '../../tools/document-schemas.mts';
import { weightiestCode } from './gate-exit.ts';
import { runCommandLine } from './run.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reprise-gate-cli-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function verdictOf(path: BytePath, verdict: GateWord): GateVerdict {
  const release = { album: 'A', albumArtist: null, disc: null, track: 3 };
  const of = verdict === 'duplicate' ? ('/lib/\udcff.mp3' as BytePath) : null;
  return { path, verdict, of, recording: null, release, reasons: ['So it is.'], placed: null, tookMs: 1 };
}

const KINDS: readonly ErrorKind[] = ['missing', 'denied', 'unavailable', 'corrupt', 'usage'];

/** What a path is called is what becomes of it. */
function become(path: BytePath): GateVerdict {
  const word = path.split('/').at(-1) as GateWord;
  const kind = KINDS.find((each) => each === (word as string));
  if (kind !== undefined) throw new AppError(`files/${kind}`, `${path} is ${kind}.`, { kind });
  return verdictOf(path, GATE_WORDS.includes(word) ? word : 'new');
}

interface Seen {
  readonly session: Session;
  readonly checked: BytePath[];
  readonly inboxes: (string | undefined)[];
  readonly imported: ImportRequest[];
  readonly code: number;
}

async function run(args: readonly string[], input: string | Uint8Array = ''): Promise<Seen> {
  const checked: BytePath[] = [];
  const inboxes: (string | undefined)[] = [];
  const imported: ImportRequest[] = [];
  const takeIn = async function* (request: ImportRequest): AsyncGenerator<JobFile> {
    imported.push(request);
    for (const { path } of request.files) {
      try {
        yield { path, state: 'done', attempts: 1, error: null, verdict: become(path) };
      } catch (error) {
        const { code, message } = error as AppError;
        yield { path, state: 'dead', attempts: 1, error: { code, message }, verdict: null };
      }
    }
  };
  const session = scripted(home, ['gate', ...args], {
    app: {
      gateCheck: async (path, { inbox }) => {
        checked.push(path);
        inboxes.push(inbox);
        return become(path);
      },
      gateImport: takeIn,
    },
  });
  const { readBytes } = session.surroundings;
  const surroundings = {
    ...session.surroundings,
    readBytes: async (path: BytePath | undefined) => (path === undefined ? Buffer.from(input) : readBytes(path)),
    readLines: async function* () {
      yield* Buffer.from(input).toString('utf8').split('\n');
    },
  };
  return { session, checked, inboxes, imported, code: await runCommandLine(surroundings) };
}

function documents(name: DocumentName, { session }: Seen): Record<string, unknown>[] {
  const lines = session.out.join('').split('\n').filter(Boolean);
  return lines.map((line) => DOCUMENT_SCHEMAS[name].parse(JSON.parse(line)) as Record<string, unknown>);
}

describe('gate check', () => {
  it.each([
    [['new'], 0],
    [['unknown', 'new'], 0],
    [['new', 'duplicate'], 10],
    [['exact'], 10],
    [['duplicate', 'upgrade', 'new'], 12],
    [['upgrade', 'held', 'duplicate'], 14],
    [['held', 'unreadable', 'new'], 13],
    [['unreadable', 'missing', 'held'], 4],
    [['unavailable', 'missing', 'new'], 4],
    [['corrupt', 'unavailable'], 7],
    [['denied', 'new'], 15],
    [['denied', 'usage'], 2],
  ])('of %j ends with %i', async (names, code) => {
    const seen = await run(['check', ...names.map((name) => `/${name}`)]);
    expect(seen.code).toBe(code);
    // One that cannot be answered does not keep the others from it.
    expect(seen.checked).toEqual(names.map((name) => `/${name}`));
  });

  it('law: the weight of codes does not depend on their order, and nothing weighs nothing', () => {
    expect(weightiestCode([])).toBe(0);
    for (const codes of [
      [10, 13, 12],
      [0, 14, 3],
      [1, 2, 3],
      [15, 13, 0],
    ]) {
      expect(weightiestCode(codes)).toBe(weightiestCode(codes.toReversed()));
    }
  });

  it('says it in JSON, a line a file, also of those that it cannot answer', async () => {
    const seen = await run(['check', '--json', '/new', '/duplicate', '/missing', 'in/held', '--inbox', 'downloads']);
    expect(seen.inboxes).toEqual(Array(4).fill('downloads'));
    expect(documents('verdict', seen)).toMatchObject([
      { v: 1, path: '/new', verdict: 'new', of: null, release: { track: 3 } },
      { verdict: 'duplicate', of: '/lib/\ufffd.mp3', ofPathBase64: expect.any(String) },
      { path: '/missing', error: { code: 'files/missing' } },
      { path: '/music/in/held', verdict: 'held' },
    ]);
  });

  it('reads paths: lines or NULs, whatever the names hold', async () => {
    const odd = pathFromBytes(Buffer.from('/a\nb \xff', 'latin1'));
    const bytes = Buffer.concat([Buffer.from('/a\nb \xff', 'latin1'), Buffer.from([0]), Buffer.from('/new\0')]);
    expect((await run(['check', '-0', '-'], bytes)).checked).toEqual([odd, '/new']);
    // What holds a NUL is no list of lines.
    expect((await run(['check', '-'], bytes)).checked).toEqual([odd, '/new']);
    expect((await run(['check', '-'], '/new\n\n b \r\n/last')).checked).toEqual(['/new', '/music/ b \r', '/last']);
    expect((await run(['check', '/first', '-', '/third'], '/second\n')).checked).toEqual([
      '/first',
      '/second',
      '/third',
    ]);
    const strange = await run(['check', '-'], Buffer.from('/\xe4 \xff\n', 'latin1'));
    expect(strange.checked).toEqual([pathFromBytes(Buffer.from('/\xe4 \xff', 'latin1'))]);
    writeFileSync(join(home, 'list'), Buffer.from('/\xff\n/new\n', 'latin1'));
    const listed = await run(['check', '--order-file', join(home, 'list')]);
    expect(listed.checked).toEqual([pathFromBytes(Buffer.from('/\xff', 'latin1')), '/new']);
  });

  it('refuses what it does not understand', async () => {
    expect((await run([])).code).toBe(2);
    expect((await run(['check'])).code).toBe(2);
    expect((await run(['throw', '/new'])).code).toBe(2);
    expect((await run(['import', '--order-file', join(home, 'none')])).code).toBe(4);
    expect((await run(['backfill', '/new', '--rate', 'much'])).code).toBe(2);
  });
});

describe('gate import', () => {
  it('takes files in the order given, and ends with 3 where one failed', async () => {
    const seen = await run(['import', '/new', '--json', '-', '--source', 'tidal:1'], '/missing\n/duplicate\n');
    expect(seen.imported).toMatchObject([
      {
        lane: 'live',
        askedBy: 'cli',
        files: ['/new', '/missing', '/duplicate'].map((path) => ({ path, source: 'tidal:1' })),
      },
    ]);
    expect(seen.code).toBe(3);
    expect(documents('verdict', seen)).toMatchObject([{ verdict: 'new' }, { error: {} }, { verdict: 'duplicate' }]);
    // Refusing a duplicate is what it is for.
    expect((await run(['import', '/new', '/duplicate', '/held'])).code).toBe(0);
  });

  it('as a backfill is from new to old, or by number', async () => {
    const orders = [[], ['--order', 'number'], ['--order', 'mtime']];
    const seen = await Promise.all(orders.map((order) => run(['backfill', '/new', ...order])));
    expect(seen.map(({ imported: [request] }) => [request?.lane, request?.orderBy])).toEqual([
      ['backfill', 'newest'],
      ['backfill', 'number'],
      ['backfill', 'newest'],
    ]);
  });
});

describe('gate --stdio', () => {
  it('answers a line a line, in order, with the id of each, also of those that it cannot read', async () => {
    const odd = Buffer.from('/\xff', 'latin1').toString('base64');
    const requests = [
      '{"id": 1, "path": "/new"}',
      '',
      'no JSON',
      '[1]',
      '{"id": {"deep": [2]}, "op": "import", "path": "/duplicate", "source": "s:1", "inbox": "downloads"}',
      '{"id": 3, "op": "erase", "path": "/new"}',
      '{"id": 4}',
      '{"id": 5, "path": 7}',
      '{"id": 6, "path": "/missing"}',
      `{"id": 7, "pathBase64": "${odd}"}`,
      '{"id": 8, "path": "/new", "inbox": 1}',
      '{"id": 9, "pathBase64": "%%%"}',
      '{"id": 10, "path": "/a\\u0000b"}',
      '{"id": null, "op": "import", "path": "/corrupt"}',
      '{"path": "relative/held"}',
    ];
    const seen = await run(['--stdio'], requests.join('\n'));
    const bad = { error: { code: 'gate/bad-request', message: expect.any(String) } };
    expect(documents('gate-answer', seen)).toMatchObject([
      { id: 1, verdict: 'new' },
      { id: null, ...bad },
      { id: null, ...bad },
      { id: { deep: [2] }, verdict: 'duplicate' },
      { id: 3, ...bad },
      { id: 4, ...bad },
      { id: 5, ...bad },
      { id: 6, error: { code: 'files/missing' } },
      { id: 7, path: '/\ufffd', pathBase64: odd },
      { id: 8, ...bad },
      { id: 9, ...bad },
      { id: 10, ...bad },
      { id: null, error: { code: 'files/corrupt' } },
      { id: null, path: '/music/relative/held', verdict: 'held' },
    ]);
    expect(seen.imported[0]).toMatchObject({ inbox: 'downloads', files: [{ path: '/duplicate', source: 's:1' }] });
    expect(seen.code).toBe(0);
  });
});
