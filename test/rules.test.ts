// The import rules are worth only what they catch. A small tree in the shape of src/ is clean under
// the real configuration; then each rule is broken once, and only what was planted is reported.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const depcruise = path.join(root, 'node_modules/.bin/depcruise');

/** File names with their text. */
type Tree = Readonly<Record<string, string>>;

/** A house in order: every module in use, the permitted crossings of each kind taken. */
const ORDERLY: Tree = {
  'src/kernel/index.ts': `export const unit = 1;`,
  'src/audio/index.ts': `import { unit } from '#kernel';\nexport const sound = unit;`,
  'src/matching/index.ts': `import { sound } from '#audio';\nexport interface Verdict { readonly of: number }\nexport const judge = sound;`,
  'src/catalogue/index.ts': `import type { Verdict } from '#matching';\nexport const known: Verdict[] = [];`,
  'src/review/index.ts': `import { known } from '#catalogue';\nexport { inner } from './inner.ts';\nexport const groups = known;`,
  'src/review/inner.ts': `export const inner = 1;`,
  'src/review/inner.test.ts': `import { readFileSync } from 'node:fs';\nimport 'zod';\nimport './inner.ts';\nexport const read = readFileSync;`,
  'src/gate/index.ts': `import { judge } from '#matching';\nexport const admit = judge;`,
  'src/adapters/sqlite/index.ts': `import { DatabaseSync } from 'node:sqlite';\nimport { unit } from '#kernel';\nimport type { Verdict } from '#matching';\nimport { row } from './row.ts';\nexport const open = (of: Verdict): unknown => [DatabaseSync, unit, row, of];`,
  'src/adapters/sqlite/row.ts': `import * as z from 'zod';\nexport const row: unknown = z;`,
  'src/catalogue/store.contract.ts': `export const contract = 1;`,
  'src/adapters/sqlite/index.test.ts': `import { contract } from '../../catalogue/store.contract.ts';\nexport const held = contract;`,
  'src/adapters/files/index.ts': `import { open } from 'node:fs';\nexport const read: unknown = open;`,
  'src/picture/index.ts': `import type { Verdict } from '#matching';\nexport const draw = (of: Verdict): unknown => of;`,
  'src/cli/index.ts': `import { groups } from '#review';\nimport { draw } from '#picture';\nimport * as z from 'zod';\nexport const main: unknown = [groups, draw, z];`,
  'src/main/worker.ts': `import { judge } from '#matching';\nimport { turn } from '#signal';\nexport const work: unknown[] = [judge, turn];`,
  'src/signal/index.ts': `export const turn = 1;`,
  'src/signal/turn-plain.ts': `export const turnPlain = 1;`,
  'src/main/cli.ts': `import { read } from '#adapters/files';\nimport { open } from '#adapters/sqlite';\nimport { main } from '#cli';\nimport { admit } from '#gate';\nexport const all: unknown[] = [read, open, main, admit];`,
};

interface Breach {
  readonly rule: string;
  readonly what: string;
  readonly files: Tree;
  /** The violations to be seen, as `from → to`; the resolver's spelling of `to`. */
  readonly seen: readonly string[];
  /** Rules that overlap with this one here. */
  readonly also?: readonly string[];
}

const DEVICES = ['fs', 'fs/promises', 'child_process', 'net', 'http', 'https', 'dgram', 'tls'];
const slug = (device: string): string => device.replace(/\W/g, '_');
const greedy = (device: string): string => `src/cli/greedy-${slug(device)}.ts`;

/** Files join the tree through their module's index, so that they are reachable unless they are not meant to be. */
const BREACHES: readonly Breach[] = [
  {
    rule: 'no-cycles',
    what: 'two files that need each other',
    files: {
      'src/gate/hen.ts': `import { egg } from './egg.ts';\nexport const hen: unknown = () => egg;`,
      'src/gate/egg.ts': `import { hen } from './hen.ts';\nexport const egg: unknown = () => hen;`,
    },
    seen: ['src/gate/egg.ts → src/gate/hen.ts'],
  },
  {
    rule: 'kernel-imports-nothing',
    what: 'the kernel using a module',
    files: {
      'src/kernel/needy.ts': `import { turn } from '#signal';\nexport const needy = turn;`,
    },
    seen: ['src/kernel/needy.ts → src/signal/index.ts'],
  },
  {
    rule: 'core-is-pure',
    what: 'the core using a Node built-in',
    files: { 'src/matching/impure.ts': `import { join } from 'node:path';\nexport const impure = join;` },
    seen: ['src/matching/impure.ts → path'],
  },
  {
    rule: 'core-is-pure',
    what: 'a drawing using a Node built-in',
    files: { 'src/picture/impure.ts': `import { deflateSync } from 'node:zlib';\nexport const impure = deflateSync;` },
    seen: ['src/picture/impure.ts → zlib'],
  },
  {
    rule: 'core-is-pure',
    what: 'the core using a package, which packages-at-the-edge sees too',
    files: { 'src/audio/packed.ts': `import * as z from 'zod';\nexport const packed: unknown = z;` },
    seen: ['src/audio/packed.ts → node_modules/zod/index.js'],
    also: ['packages-at-the-edge'],
  },
  {
    rule: 'core-knows-no-library',
    what: 'the core using the catalogue, if only its types',
    files: {
      'src/audio/upward.ts': `import type { Shelf } from '#filing';\nexport const upward: Shelf[] = [];`,
      'src/filing/index.ts': `export interface Shelf { readonly n: number }`,
    },
    seen: ['src/audio/upward.ts → src/filing/index.ts'],
  },
  {
    rule: 'library-knows-no-feature',
    what: 'the catalogue using a feature',
    files: {
      'src/catalogue/upward.ts': `import { sweep } from '#sweep';\nexport const upward = sweep;`,
      'src/sweep/index.ts': `export const sweep = 1;`,
    },
    seen: ['src/catalogue/upward.ts → src/sweep/index.ts'],
  },
  {
    rule: 'features-are-strangers',
    what: 'a feature using another',
    files: { 'src/review/friend.ts': `import { admit } from '#gate';\nexport const friend = admit;` },
    seen: ['src/review/friend.ts → src/gate/index.ts'],
  },
  {
    rule: 'adapters-import-types-only',
    what: 'an adapter using behaviour of the core',
    files: { 'src/adapters/sqlite/clever.ts': `import { judge } from '#matching';\nexport const clever = judge;` },
    seen: ['src/adapters/sqlite/clever.ts → src/matching/index.ts'],
  },
  {
    rule: 'adapters-are-strangers',
    what: 'an adapter using another, through its front door',
    files: { 'src/adapters/sqlite/friend.ts': `import { read } from '#adapters/files';\nexport const friend = read;` },
    seen: ['src/adapters/sqlite/friend.ts → src/adapters/files/index.ts'],
  },
  {
    rule: 'front-doors-only',
    what: 'a file of another module used past its index',
    files: { 'src/cli/burglar.ts': `import { inner } from '../review/inner.ts';\nexport const burglar = inner;` },
    seen: ['src/cli/burglar.ts → src/review/inner.ts'],
  },
  {
    rule: 'packages-at-the-edge',
    what: 'a feature using a package',
    files: { 'src/review/packed.ts': `import * as z from 'zod';\nexport const packed: unknown = z;` },
    seen: ['src/review/packed.ts → node_modules/zod/index.js'],
  },
  {
    rule: 'devices-in-adapters',
    what: 'commands using files, processes and sockets',
    files: Object.fromEntries(
      DEVICES.map((device) => [
        greedy(device),
        `import * as device from 'node:${device}';\nexport const ${slug(device)}: unknown = device;`,
      ]),
    ),
    seen: DEVICES.map((device) => `${greedy(device)} → ${device}`),
  },
  {
    rule: 'shipped-code-imports-no-tests',
    what: 'shipped code using a test',
    files: { 'src/review/tested.ts': `import './inner.test.ts';\nexport const tested = 1;` },
    seen: ['src/review/tested.ts → src/review/inner.test.ts'],
  },
  {
    rule: 'reachable',
    what: 'a file that no entry reaches',
    files: { 'src/signal/orphan.ts': `export const orphan = 1;` },
    seen: ['src/signal/orphan.ts → src/signal/orphan.ts'],
  },
];

const isEntry = (name: string): boolean => name.endsWith('/index.ts') || name.startsWith('src/main/');

/** All breaches in one house, so that one look finds them. */
function planted(breaches: readonly Breach[]): Tree {
  const tree: Record<string, string> = { ...ORDERLY };
  const join = (name: string): void => {
    const door = `${path.dirname(name)}/index.ts`;
    tree[door] = `${tree[door] ?? ''}\nexport * from './${path.basename(name)}';`;
  };
  for (const { rule, files } of breaches) {
    for (const [name, text] of Object.entries(files)) tree[name] = `${text}\n${tree[name] ?? ''}`;
    if (rule !== 'reachable') for (const name of Object.keys(files)) if (!isEntry(name)) join(name);
  }
  return tree;
}

const expected = ({ rule, seen, also = [] }: Breach): string[] =>
  [rule, ...also].flatMap((name) => seen.map((edge) => `${name}: ${edge}`)).sort();

interface Report {
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
    readonly totalCruised: number;
  };
}

async function cruise(folder: string, ...targets: string[]): Promise<Report['summary']> {
  const argv = [...targets, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout } = await run(depcruise, argv, { cwd: folder, maxBuffer: 2 ** 28 }).catch(
    (failure: { stdout?: string }) => ({ stdout: failure.stdout ?? '' }),
  );
  return (JSON.parse(stdout) as Report).summary;
}

const spoken = ({ violations }: Report['summary']): string[] =>
  violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();

describe('the import rules', () => {
  let scratch: string;
  let houses = 0;

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'reprise-rules-'));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  async function build(tree: Tree): Promise<string> {
    const house = path.join(scratch, String(houses++));
    const library = path.join(house, 'node_modules/zod');
    await mkdir(library, { recursive: true });
    await writeFile(path.join(library, 'package.json'), `{ "name": "zod", "version": "1.0.0", "main": "index.js" }`);
    await writeFile(path.join(library, 'index.js'), '');
    for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json']) {
      await cp(path.join(root, file), path.join(house, file));
    }
    for (const [name, text] of Object.entries(tree)) {
      await mkdir(path.dirname(path.join(house, name)), { recursive: true });
      await writeFile(path.join(house, name), text);
    }
    return house;
  }

  it('find nothing in an orderly house', async () => {
    expect(spoken(await cruise(await build(ORDERLY), 'src'))).toEqual([]);
  });

  describe('in a house where each is broken', () => {
    let found: string[];
    beforeAll(async () => {
      found = spoken(await cruise(await build(planted(BREACHES)), 'src'));
    });

    it.each(BREACHES)('$rule sees $what', (breach) => {
      const here = Object.keys(breach.files);
      expect(found.filter((line) => here.some((name) => line.includes(`: ${name} →`)))).toEqual(expected(breach));
    });

    it('see nothing else', () => {
      expect(found).toEqual(BREACHES.flatMap(expected).sort());
    });
  });

  it('are each broken here at least once', async () => {
    const config = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs')) as {
      forbidden: { name: string }[];
    };
    const broken = new Set(BREACHES.map(({ rule }) => rule));
    expect([...broken].sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
  });

  it('hold in the real house', async () => {
    const real = await cruise(root, 'src', 'test', 'tools');
    expect(real.totalCruised).toBeGreaterThan(50);
    expect(spoken(real)).toEqual([]);
  });
});
