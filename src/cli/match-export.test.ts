/** `match` with its exports, histogram and picture: a scripted library, real files. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BytePath, cancelled } from '#kernel';
import { matchReport } from '../../test/golden/cli-samples.ts';
import { type Session, scripted } from '../../test/support/command-session.ts';
import { elementsOf } from '../../test/support/xml.ts';
import type { App, JudgedPair } from './app.ts';
import { runCommandLine } from './run.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-export-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const verdict: JudgedPair['verdict'] = {
  ...{ relation: 'same-recording', truncated: 'b', damaged: null, master: 'same', similarity: 0.984 },
  ...{ significance: 44.21, expectedFalse: 3.2e-31, overlapSeconds: 198.4, offsetSeconds: -12.3, speedRatio: 1 },
  coherence: 0.987,
};
const PAIRS: readonly JudgedPair[] = [
  { a: '/m/Björk, "Jóga".flac' as BytePath, b: '/m/two\nlines.mp3' as BytePath, verdict },
  {
    ...{ a: '/m/\udcff' as BytePath, b: '/m/c' as BytePath },
    verdict: {
      ...{ relation: 'different', truncated: null, similarity: null, significance: null, expectedFalse: null },
      ...{ overlapSeconds: 0, offsetSeconds: null, speedRatio: null, coherence: null },
    },
  },
];

function run(args: readonly string[], pairs: App['pairs'] = twoPages): { session: Session; code: Promise<number> } {
  const app: Partial<App> = { match: async () => ({ ...matchReport, failures: [] }), pairs };
  const session = scripted(folder, ['match', '--no-progress', ...args], { app });
  return { session, code: runCommandLine(session.surroundings) };
}

async function* twoPages(): AsyncGenerator<readonly JudgedPair[]> {
  yield PAIRS.slice(0, 1);
  yield PAIRS.slice(1);
}

const named = (name: string): string => join(folder, name);

async function exported(name: string): Promise<Buffer> {
  const { session, code } = run(['--export', named(name)]);
  expect(await code).toBe(0);
  expect(session.out.join('')).toMatch(/^\S.*\n$/);
  return readFileSync(named(name));
}

describe('an export', () => {
  it('is JSON lines by its name', async () => {
    const lines = (await exported('pairs.jsonl')).toString().trimEnd().split('\n');
    const { truncated, damaged, master, ...figures } = verdict;
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(first).toEqual({ v: 1, a: PAIRS[0]?.a, b: PAIRS[0]?.b, ...figures, truncated, damaged, master });
    expect(second).toMatchObject({ a: '/m/\ufffd', aPathBase64: 'L20v/w==', relation: 'different', master: 'unknown' });
  });

  it('is comma-separated values by its name, whatever names hold', async () => {
    expect((await exported('pairs.CSV')).toString().split('\r\n')).toEqual([
      'a,b,relation,similarity,significance,expectedFalse,coherence,overlapSeconds,offsetSeconds,speedRatio,truncated,damaged,master,aPathBase64,bPathBase64',
      '"/m/Björk, ""Jóga"".flac","/m/two\nlines.mp3",same-recording,0.984,44.21,3.2e-31,0.987,198.4,-12.3,1,b,,same,,',
      '/m/\ufffd,/m/c,different,,,,,0,,,,,unknown,L20v/w==,',
      '',
    ]);
  });

  it('is Parquet by its name', async () => {
    const bytes = await exported('pairs.parquet');
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    expect(rows).toMatchObject([
      { a: PAIRS[0]?.a, b: PAIRS[0]?.b, ...verdict, damaged: null },
      { a: '/m/\ufffd', aPathBase64: 'L20v/w==', similarity: null, offsetSeconds: null, overlapSeconds: 0 },
    ]);
  });

  it('goes to standard output, and nothing else does', async () => {
    const { session, code } = run(['--export', '-']);
    expect(await code).toBe(0);
    expect(
      session.out
        .join('')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).relation),
    ).toEqual([...['same-recording', 'different']]);
    expect(session.talk.join('')).toContain('Matched 3 new sounds');
    for (const other of ['--json', '--histogram']) expect(await run(['--export', '-', other]).code).toBe(2);
  });

  it('is refused before anything is done where it cannot be made', async () => {
    const { session, code } = run(['--export', named('pairs.xlsx')]);
    expect(await code).toBe(2);
    expect(session.talk.join('')).toContain('.jsonl, .csv or .parquet');
    expect(await run(['--export', named('no/pairs.csv')]).code).toBe(4);
  });

  it('is not there at all where it was interrupted', async () => {
    async function* broken(): AsyncGenerator<readonly JudgedPair[]> {
      yield PAIRS;
      throw cancelled();
    }
    expect(await run(['--export', named('pairs.csv')], broken).code).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a histogram', () => {
  it('is text, and counts in JSON by what was judged', async () => {
    const { session, code } = run(['--histogram']);
    expect(await code).toBe(0);
    const text = session.out.join('');
    expect(text).toMatch(/95–100 %\s+1\s+█{40}/);
    expect(text).toMatch(/not known\s+1\s+░{40}/);
    expect(text).toContain('█ the same recording: 1 pair   ░ different: 1 pair');
    const json = run(['--histogram', '--json']);
    await json.code;
    const { histogram, histogramByKind } = JSON.parse(json.session.out.join(''));
    expect([histogram[19], histogram[20], histogram.length]).toEqual([1, 1, 21]);
    expect([histogramByKind.same[19], histogramByKind.different[20]]).toEqual([1, 1]);
  });

  it('is a picture, one panel a kind that there is', async () => {
    expect(await run(['--picture', named('all.svg')]).code).toBe(0);
    const svg = readFileSync(named('all.svg'), 'utf8');
    const texts = elementsOf(svg).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['The same recording', 'Different']));
    expect(texts).not.toContain('Unsure');
    expect(
      elementsOf(svg).filter(({ name, attributes }) => name === 'rect' && attributes['class'] === 'fill-match'),
    ).toHaveLength(20);
  });
});
