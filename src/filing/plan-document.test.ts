import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { VERBS } from './plan.ts';
import { planDocument, readPlan } from './plan-document.ts';

const HASH = `sha256:${'0'.repeat(64)}`;

/** What a person has to write at least. */
const MINIMAL = {
  v: 1,
  id: 'by-hand',
  items: [
    {
      n: 1,
      verb: 'move',
      source: '/music/a.mp3',
      destination: '/out/a.mp3',
      sizeBytes: 5,
      mtimeNs: '1400000000125000000',
    },
  ],
};

type Fields = Readonly<Record<string, unknown>>;

const read = (document: unknown) => readPlan(JSON.stringify(document));

/** What the error about the plan with these fields in its second item says. */
function refusal(fields: Fields): AppError {
  const [first] = MINIMAL.items;
  try {
    read({ ...MINIMAL, items: [first, { ...first, n: 2, source: '/music/b.mp3', ...fields }] });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(fields)}`);
}

describe('a plan written by hand', () => {
  it('needs little', () => {
    expect(read(MINIMAL)).toEqual({
      ...{ id: 'by-hand', made: '', command: '', reclaimableBytes: 0, roots: [], protected: [] },
      items: [
        {
          ...{ n: 1, verb: 'move', destination: '/out/a.mp3', keeper: null, sameBytes: false },
          source: {
            ...{ path: '/music/a.mp3', sizeBytes: 5, mtimeNs: 1_400_000_000_125_000_000n },
            ...{ inode: null, contentHash: null },
          },
          ...{ follows: [], edits: [], reasons: [] },
        },
      ],
    });
  });

  it('may have fields that nobody knows, and null for what is left out', () => {
    const [first] = MINIMAL.items;
    const more = { note: 'mine', keeper: null, inode: null, contentHash: null, sameBytes: null, follows: null };
    expect(read({ ...MINIMAL, note: 1, roots: null, items: [{ ...first, ...more }] })).toEqual(read(MINIMAL));
  });

  it('may say no to everything', () => expect(read({ ...MINIMAL, items: [] }).items).toEqual([]));

  it('may concern everything below /', () => {
    expect(read({ ...MINIMAL, roots: [{ path: '/' }], protected: [{ path: '/a b' }] })).toMatchObject({
      roots: ['/'],
      protected: ['/a b'],
    });
  });

  it('names exact paths by their bytes, which count more than the text beside them', () => {
    const [first] = MINIMAL.items;
    const exact = { sourcePathBase64: btoa('/music/\xff.mp3'), source: '/music/\ufffd.mp3' };
    expect(read({ ...MINIMAL, items: [{ ...first, ...exact }] }).items[0]?.source.path).toBe('/music/\udcff.mp3');
  });
});

describe('what is no plan', () => {
  it.each([
    ['', 'it is not JSON'],
    ['{"v":1,"items":[', 'it is not JSON'],
    ['[]', 'no JSON object'],
    ['null', 'no JSON object'],
    ['{}', 'no "v": 1'],
    ['{"v":"1","id":"a","items":[]}', 'no "v": 1'],
    ['{"v":1,"id":"a"}', 'no "v": 1'],
    ['{"v":1,"id":"a","items":{}}', 'no "v": 1'],
    ['{"v":1,"items":[]}', '"id"'],
    ['{"v":1,"id":"../x","items":[]}', '"id"'],
    ['{"v":1,"id":"","items":[]}', '"id"'],
    [`{"v":1,"id":"${'x'.repeat(65)}","items":[]}`, '"id"'],
    ['{"v":1,"id":"a","items":[],"roots":"/music"}', '"roots"'],
    ['{"v":1,"id":"a","items":[],"roots":["/music"]}', '"roots"'],
    ['{"v":1,"id":"a","items":[],"protected":[{"path":"music"}]}', '"protected"'],
    ['{"v":1,"id":"a","items":[],"protected":[{"path":"/m/../x"}]}', '"protected"'],
  ])('%s', (text, says) => {
    expect(() => readPlan(text)).toThrow(
      expect.objectContaining({ code: 'plan/not-a-plan', kind: 'usage', message: expect.stringContaining(says) }),
    );
  });

  it('is too new where its version is', () => {
    expect(() => read({ ...MINIMAL, v: 2 })).toThrow(
      expect.objectContaining({ code: 'plan/too-new', kind: 'unsupported' }),
    );
  });
});

const WRONG: readonly (readonly [field: string, wrong: readonly unknown[]])[] = [
  ['n', [undefined, 0, -1, 1.5, '2', null, 2 ** 53]],
  ['verb', [undefined, 'delete', 1, 'Move', 'toString']],
  ['source', [undefined, null, 7, 'b.mp3', '', '/music/', '/music//b.mp3', '/./b', '/a/..', '/a\0b', ['/b']]],
  ['sourcePathBase64', ['%%%', btoa('relative'), '']],
  ['sizeBytes', [undefined, null, -1, 1.5, '5']],
  ['mtimeNs', [undefined, null, 1_400_000_000, '', '1.5', '0x10', 'today', '1'.repeat(21)]],
  ['inode', [5, '', 'x', '1.5', {}]],
  ['contentHash', ['', 'sha256:', HASH.toUpperCase(), `md5:${'0'.repeat(32)}`, 5]],
  ['destination', ['out/b.mp3', 7, '/out/', '/out/../b.mp3', {}]],
  ['keeper', ['kept.mp3', 7, '/kept/']],
  ['sameBytes', ['true', 1, 0, 'no']],
  ['follows', [1, '1', ['1'], [-1], [null], {}]],
  ['edits', ['/a', [{}], [{ from: '/a' }], [{ from: '/a', to: 'b' }], ['/a'], {}]],
  ['reasons', ['because', [1], [null], {}]],
];

describe('an item', () => {
  it.each(WRONG)('with a wrong "%s" is named', (field, wrong) => {
    for (const value of wrong) {
      const error = refusal({ [field]: value });
      expect([error.code, error.kind], JSON.stringify(value)).toEqual(['plan/unsound', 'usage']);
      expect(error.message, JSON.stringify(value)).toContain('Entry 2 ');
      expect(error.message).toContain(field.replace('PathBase64', ''));
    }
  });

  it.each([
    ['keeperSizeBytes', [undefined, -1, '5']],
    ['keeperMtimeNs', [undefined, 5, 'x']],
    ['keeperInode', [5, 'x']],
    ['keeperContentHash', ['x', 5]],
  ])('with a keeper and a wrong "%s" is named', (field, wrong) => {
    for (const value of wrong) {
      const error = refusal({ keeper: '/kept.mp3', keeperSizeBytes: 5, keeperMtimeNs: '7', [field]: value });
      expect(error.message, JSON.stringify(value)).toMatch(new RegExp(`^Entry 2 .*"${field}"`));
    }
  });

  it.each([7, 'move', null, []])('that is %j is named', (item) => {
    expect(() => read({ ...MINIMAL, items: [item] })).toThrow(
      expect.objectContaining({ code: 'plan/unsound', message: expect.stringContaining('Entry 1 ') }),
    );
  });

  it.each(VERBS)('may be to %s', (verb) => expect(read(documentOf(verb)).items[0]?.verb).toBe(verb));
});

function documentOf(verb: string): object {
  return { ...MINIMAL, items: [{ ...MINIMAL.items[0], verb }] };
}

it('the document of a plan has the promised fields in the promised order', () => {
  const plan = read({ ...MINIMAL, roots: [{ path: '/music' }] });
  const document = planDocument(plan) as { readonly items: readonly object[] };
  expect(Object.keys(document)).toEqual([
    ...['v', 'id', 'made', 'command', 'reclaimableBytes', 'roots', 'protected', 'items'],
  ]);
  expect(Object.keys(document.items[0] ?? {})).toEqual([
    ...['n', 'verb', 'source', 'destination', 'sizeBytes', 'mtimeNs', 'inode', 'contentHash', 'keeper'],
    ...['sameBytes', 'reasons'],
  ]);
});
