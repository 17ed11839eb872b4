/** The sweep on real files, as a person runs it: what is planned, what is refused, and that planning changes nothing. */
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Plan, readPlan } from '#filing';
import { music, pcmOf } from '../support/music.ts';
import { createWorkplace, fillWithMusic, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

let place: Workplace;
let home = '';
beforeEach(() => {
  place = createWorkplace();
  home = path.dirname(place.music);
});
afterEach(() => place[Symbol.dispose]());

const at = (...names: string[]): string => path.join(home, ...names);

function put(name: string, text: string, mtime = 1_600_000_000): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text, 'latin1');
  utimesSync(at(name), mtime, mtime);
}

/** Every name below home but the data folder, with inode, size, times and bytes. */
function snapshot(): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== 'data' && !name.startsWith('data/'))
    .sort()
    .map((name) => {
      const { ino, size, mtimeNs, ctimeNs } = statSync(at(name), { bigint: true });
      return [name, ino, size, mtimeNs, ctimeNs, statSync(at(name)).isFile() ? readFileSync(at(name)) : ''].join(' ');
    });
}

interface Planned {
  readonly plan: Plan;
  readonly summary: Readonly<Record<string, number>>;
  /** `source → destination`, below home. */
  readonly moves: string[];
}

function planned(...args: string[]): Planned {
  const run = place.reprise('sweep', ...args, '--json');
  expect([run.status, run.stderr.includes('bug')], run.stderr).toEqual([0, false]);
  const plan = readPlan(run.stdout);
  const short = (file: string | null): string => (file === null ? '' : path.relative(home, file));
  const moves = plan.items.map(({ source, destination }) => `${short(source.path)} → ${short(destination)}`);
  return { plan, summary: JSON.parse(run.stdout).summary, moves };
}

const usual = (): string[] => ['--reference', at('ref'), '--source', at('src'), '--output', at('out')];

describe('sweep', () => {
  it('plans what is a copy, creates nothing in any place that was named, and says how to go on', () => {
    put('ref/album/a.mp3', 'ID3 the first song');
    put('src/x/a copy.mp3', 'ID3 the first song');
    put('src/other.mp3', 'ID3 another song!!');
    const before = snapshot();
    const run = place.reprise('sweep', ...usual());
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('1 file to be moved: 18 bytes to be won.');
    expect(run.stdout).toMatch(
      /★ keep {2}ref\/album\/a\.mp3\n {2}move {4}src\/x\/a copy\.mp3 {2}18 bytes\n.*→ out\/x\/a copy\.mp3/,
    );
    expect(run.stderr).toContain('Nothing was changed');
    expect(snapshot()).toEqual(before);
  });

  it('prints a plan that reads back as it was made, and writes the same into a file', () => {
    put('ref/a.mp3', 'ID3 song');
    put('src/b\udcff\n"quoted".mp3', 'ID3 song');
    const { plan } = planned(...usual());
    expect(plan.items[0]).toMatchObject({ n: 1, verb: 'move', sameBytes: true });
    expect(plan.items[0]?.keeper?.path).toBe(at('ref/a.mp3'));
    expect(plan.protected).toEqual([at('ref')]);
    const run = place.reprise('sweep', ...usual(), '--plan', at('wanted.json'));
    expect(run.stderr).toContain('reprise apply');
    expect(readPlan(readFileSync(at('wanted.json'), 'utf8')).items).toEqual(plan.items);
    expect(place.reprise('sweep', ...usual(), '--plan', at('wanted.json')).stderr).toContain('wanted.json');
  });

  it('takes several folders after one option, and options that are given again', () => {
    put('ref/1/a.mp3', 'ID3 aaaa');
    put('ref/2/b.mp3', 'ID3 bbbb');
    put('src/1/a.mp3', 'ID3 aaaa');
    put('src/2/b.mp3', 'ID3 bbbb');
    const { moves } = planned(
      ...[
        '--reference',
        at('ref/1'),
        at('ref/2'),
        '--source',
        at('src/1'),
        '--source',
        at('src/2'),
        '--output',
        at('out'),
      ],
    );
    expect(moves).toEqual(['src/1/a.mp3 → out/1/a.mp3', 'src/2/b.mp3 → out/2/b.mp3']);
  });

  it('remembers what it hashed: the second run reads no file', () => {
    const song = `ID3${'s'.repeat(3_000_000)}`;
    put('ref/a.mp3', song);
    put('src/b.mp3', song);
    const first = planned(...usual());
    // What was written a moment ago is read again: its stamp could be that of a later write.
    const deadline = Date.now() + 2_500;
    while (Date.now() < deadline) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    planned(...usual());
    const again = planned(...usual());
    expect(first.summary['readBytes']).toBeGreaterThan(6_000_000);
    expect([again.summary['readBytes'], again.summary['rememberedFiles']]).toEqual([0, 4]);
    expect(again.moves).toEqual(first.moves);
  });

  it('flattens with numbers: equal names arrive side by side', () => {
    for (const n of ['a', 'b', 'c']) put(`src/${n}/01 Intro.mp3`, `ID3 song ${n}`);
    for (const n of ['a', 'b', 'c']) put(`ref/${n}.mp3`, `ID3 song ${n}`);
    expect(planned(...usual(), '--flatten').moves.map((move) => path.basename(move))).toEqual([
      ...['01 Intro.mp3', '01 Intro_1.mp3', '01 Intro_2.mp3'],
    ]);
  });

  it('leaves hard links and symbolic links alone, and says so', () => {
    put('ref/a.mp3', 'ID3 song');
    mkdirSync(at('src'));
    linkSync(at('ref/a.mp3'), at('src/hard.mp3'));
    symlinkSync(at('ref/a.mp3'), at('src/soft.mp3'));
    const run = place.reprise('sweep', ...usual(), '-v');
    expect(run.stdout).toContain('Nothing to be done.');
    expect(run.stderr).toMatch(/src\/hard\.mp3.*a hard link to/);
    expect(run.stderr).toMatch(/src\/soft\.mp3.*a symbolic link/);
  });

  it('finds copies that differ in their tags alone, by audio', () => {
    const pcm = pcmOf(music(7, 5));
    mkdirSync(at('ref'));
    mkdirSync(at('src'));
    writeWav(at('ref/plain.wav'), pcm);
    writeWav(at('src/tagged.wav'), pcm, 'A title');
    writeWav(at('src/other.wav'), pcmOf(music(8, 5)));
    expect(planned(...usual()).moves).toEqual([]);
    const { moves, plan } = planned(...usual(), '--by', 'audio');
    expect(moves).toEqual(['src/tagged.wav → out/tagged.wav']);
    expect(plan.items[0]?.sameBytes).toBe(false);
    expect(plan.items[0]?.reasons[0]).toBe('the same audio; tags or container may differ');
  });

  it('finds one recording by its sound, and keeps the best copy', () => {
    fillWithMusic(place.music);
    const run = place.reprise('sweep', '--source', place.music, '--mode', 'trash', '--by', 'recording', '--json');
    expect(run.status, run.stderr).toBe(3);
    const { items } = readPlan(run.stdout);
    expect(items.map(({ source }) => path.basename(source.path))).toHaveLength(3);
    expect(new Set(items.map(({ keeper }) => keeper?.path)).size).toBe(1);
    expect(items.map(({ verb, destination, sameBytes }) => [verb, destination, sameBytes])).toEqual(
      items.map(() => ['trash', null, false]),
    );
  });

  it.each([
    ['the source is the reference by a symlink', 'link', 'ref', 'out'],
    ['the source lies in the reference', 'ref', 'ref/in', 'out'],
    ['the output lies in the source', 'ref', 'src', 'src/out'],
    ['the output is the reference', 'ref', 'src', 'link'],
  ])('refuses, with exit code 20 and nothing done, when %s', (_, reference, source, output) => {
    put('ref/in/a.mp3', 'ID3 song');
    put('src/a.mp3', 'ID3 song');
    symlinkSync('ref', at('link'));
    const before = snapshot();
    const run = place.reprise('sweep', '--reference', at(reference), '--source', at(source), '--output', at(output));
    expect([run.status, run.stdout]).toEqual([20, '']);
    expect(run.stderr).toContain('Nothing was done.');
    expect(snapshot()).toEqual(before);
  });

  it.each([
    ['no source', ['--output', 'out'], 2],
    ['an empty folder name', ['--source', '', '--output', 'out'], 2],
    ['a word too many', ['src', '--source', 'src'], 2],
    ['threads that are none', ['--source', 'src', '--output', 'out', '--threads', '0'], 2],
    ['an algorithm that is none', ['--source', 'src', '--output', 'out', '--hash-algorithm', 'sha257'], 2],
    ['a source that is not there', ['--source', 'gone', '--output', 'out'], 4],
  ])('ends with a code that says what is wrong: %s', (_, args, code) => {
    mkdirSync(at('src'));
    const run = place.reprise('sweep', ...args);
    expect([run.status, run.stdout]).toEqual([code, '']);
  });
});

describe('a sweep that is applied', () => {
  /** Names, sizes, times and bytes, as undo must give them back; what is in the data folder aside. */
  const tree = (): string[] =>
    readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((name) => name !== 'data' && !name.startsWith('data/'))
      .sort()
      .map((name) => {
        const { mtimeNs, nlink, mode } = lstatSync(at(name), { bigint: true });
        const isFile = lstatSync(at(name)).isFile();
        return [name, mtimeNs, mode, isFile ? [nlink, readFileSync(at(name))].join() : ''].join(' ');
      });

  beforeEach(() => {
    put('ref/a.flac', 'fLaC one');
    put('src/x/a.flac', 'fLaC one');
    put('src/y/a (1).flac', 'fLaC one');
    put('src/x/a.lrc', 'la la');
    put('src/list.m3u', 'x/a.flac\r\n');
    put('src/new.flac', 'fLaC two');
  });

  it.each([
    [['--output', 'out'], ['list.m3u', 'new.flac'], '../ref/a.flac\r\n'],
    [['--mode', 'trash'], ['list.m3u', 'new.flac', 'x/a.lrc'], '../ref/a.flac\r\n'],
    [['--mode', 'hardlink'], ['list.m3u', 'new.flac', 'x/a.flac', 'x/a.lrc', 'y/a (1).flac'], 'x/a.flac\r\n'],
    [['--mode', 'symlink'], ['list.m3u', 'new.flac', 'x/a.flac', 'x/a.lrc', 'y/a (1).flac'], 'x/a.flac\r\n'],
  ])('with %j leaves what it should, and undo gives all of it back', (how, left, playlist) => {
    const before = tree();
    const words = how.map((word) => (word === 'out' ? at('out') : word));
    const run = place.reprise('sweep', '--reference', at('ref'), '--source', at('src'), ...words, '--apply');
    expect([run.status, run.stderr.includes('To take it back')], run.stderr).toEqual([0, true]);
    const names = readdirSync(at('src'), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && !entry.parentPath.includes('.reprise-trash'))
      .map((entry) => path.relative(at('src'), path.join(entry.parentPath, entry.name)));
    expect(names.toSorted()).toEqual(left);
    expect(readFileSync(at('src/list.m3u'), 'utf8')).toBe(playlist);
    expect(readFileSync(at('ref/a.flac'), 'utf8')).toBe('fLaC one');
    expect(place.reprise('undo').status).toBe(0);
    expect(tree()).toEqual(before);
  });

  it('proposes nothing where the settings let nothing happen, and sweeps no trash', () => {
    put('config.toml', `[filing]\nprotected = [${JSON.stringify(at('src/x'))}]\n`);
    const args = ['--config', at('config.toml'), '--reference', at('ref'), '--source', at('src'), '--mode', 'trash'];
    const run = place.reprise('sweep', ...args, '--json');
    expect(readPlan(run.stdout).items.map(({ source }) => source.path)).toEqual([at('src/y/a (1).flac')]);
    expect(run.stderr).toContain('filing.protected');
    expect(place.reprise('sweep', ...args, '--apply').status).toBe(0);
    const trash = at('src/.reprise-trash');
    expect(place.reprise('sweep', '--reference', trash, '--source', at('ref'), '--mode', 'trash').status).toBe(20);
    expect(place.reprise('find', trash).status).toBe(20);
  });
});
