/** `gate import` killed outright again and again, and asked to end: every file is judged once, as if nothing had happened. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Arriving, writeArrivals, wrongVerdicts } from '../support/arrivals.ts';
import { leasedFiles, readGateFacts } from '../support/gate-facts.ts';
import { createRandom } from '../support/music.ts';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const [ROUNDS, SIGNALS] = IS_LONG ? [200, 10] : [2, 1];
/** Sounds; there are twice as many files. */
const COUNT = IS_LONG ? 400 : 12;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);

interface Place extends Workplace {
  readonly inbox: string;
  readonly library: string;
  readonly files: readonly Arriving[];
}

/** An inbox full of files. @param policy settings of the inbox, as lines */
function createPlace(policy: readonly string[], count = COUNT): Place {
  const place = createWorkplace();
  const at = (name: string): string => path.join(path.dirname(place.data), name);
  for (const name of ['inbox', 'library', '.config/reprise']) mkdirSync(at(name), { recursive: true });
  const library = policy.length > 0 ? [`library = ${JSON.stringify(at('library'))}`] : [];
  const lines = ['[inboxes.in]', `path = ${JSON.stringify(at('inbox'))}`, ...library, ...policy, ''];
  writeFileSync(at('.config/reprise/config.toml'), lines.join('\n'));
  const files = writeArrivals(at('inbox'), { count, seed: SEED });
  return { ...place, inbox: at('inbox'), library: at('library'), files };
}

interface Import {
  readonly child: ChildProcess;
  /** Resolves when it says the first thing, or ends. */
  readonly begun: Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** In a process group of its own, with its workers. */
function startImport(place: Place): Import {
  const args = [...PRODUCT, 'gate', 'import', place.inbox, '--data', place.data, '--json', '--no-progress'];
  const child = spawn(process.execPath, args, {
    ...{ env: { ...place.environment, REPRISE_WORKERS: '2' }, cwd: path.dirname(place.data) },
    ...{ stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  });
  let stderr = '';
  child.stderr?.on('data', (piece) => {
    stderr += piece;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stderr })),
  );
  const begun = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  return { child, ended, begun: Promise.race([begun, ended.then(() => {})]) };
}

/** @returns was it at work still? */
async function killAfter(place: Place, milliseconds: number, isFromStart: boolean): Promise<boolean> {
  const { child, begun, ended } = startImport(place);
  if (!isFromStart) await begun;
  await setTimeout(milliseconds);
  try {
    process.kill(-(child.pid as number), 'SIGKILL');
  } catch {
    // It was done before.
  }
  return (await ended).code === null;
}

/** Runs it until there is nothing left to do. @returns milliseconds */
async function importAll(place: Place): Promise<number> {
  const startedAt = performance.now();
  const { code, stderr } = await startImport(place).ended;
  expect([0, 3], stderr).toContain(code);
  return performance.now() - startedAt;
}

/** Verdicts by the names of the files, without what hangs on the moment and the folder. */
function verdictsOf(place: Place): Record<string, object> {
  const home = path.dirname(place.data);
  const verdicts = [...readGateFacts(place.data).verdicts].map(([file, { tookMs: _, ...verdict }]) => [
    path.relative(place.inbox, file),
    JSON.parse(JSON.stringify(verdict).replaceAll(home, '')),
  ]);
  return Object.fromEntries(verdicts);
}

/** What must hold when all is done. */
function expectAllJudgedOnce(place: Place): void {
  const { verdicts, told, unfinished } = readGateFacts(place.data);
  const paths = place.files.map(({ name }) => path.join(place.inbox, name)).toSorted();
  expect(unfinished).toEqual([]);
  expect([...verdicts.keys()].toSorted()).toEqual(paths);
  expect(paths.filter((file) => told.get(file) !== 1)).toEqual([]);
  expect(told.size).toBe(paths.length);
  const wordOf = (name: string): string | undefined => verdicts.get(path.join(place.inbox, name))?.verdict;
  expect(wrongVerdicts(place.files, wordOf)).toEqual([]);
}

/** Every file below the folders, by its name and what it holds. Folders of the trash are named by numbers of judgements. */
function treeOf({ inbox, library }: Place): string[] {
  return [inbox, library].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => `${path.relative(folder, file).replace(/gate-\d+/, 'gate-n')}: ${hashOf(file)}`)
      .toSorted(),
  );
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Every content that there is, once. */
function contentsIn(place: Place): Set<string> {
  return new Set(treeOf(place).map((line) => line.slice(line.lastIndexOf(' ') + 1)));
}

const POLICIES: Readonly<Record<string, readonly string[]>> = {
  'that leaves files where they are': [],
  'that moves new files and puts duplicates into the trash': ['place = "move"', 'onDuplicate = "trash"'],
  'that copies new files': ['place = "copy"'],
};

describe(`gate import, killed ${ROUNDS} times`, () => {
  it.each(Object.entries(POLICIES))('%s', { timeout: 1_800_000 }, async (_, policy) => {
    console.log(`REPRISE_SEED=${SEED}`);
    const random = createRandom(SEED);
    using undisturbed = createPlace(policy);
    const wholeMs = await importAll(undisturbed);
    expectAllJudgedOnce(undisturbed);

    using place = createPlace(policy);
    const before = contentsIn(place);
    let hits = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // Every fourth falls into the start; the others come about as far as the whole, all together.
      const isFromStart = round % 4 === 0;
      const most = isFromStart ? 1500 : (1.8 * wholeMs) / ROUNDS;
      if (await killAfter(place, random() * most, isFromStart)) hits++;
      expect(before.difference(contentsIn(place))).toEqual(new Set());
    }
    await importAll(place);
    expectAllJudgedOnce(place);
    expect(verdictsOf(place)).toEqual(verdictsOf(undisturbed));
    expect(treeOf(place)).toEqual(treeOf(undisturbed));
    expect(hits).toBeGreaterThanOrEqual(ROUNDS / 3);
    console.log(`killed at work: ${hits} of ${ROUNDS} times`);
  });
});

describe('gate import, asked to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s gives back what it has in hand and ends with %i',
    { timeout: 300_000 },
    async (signal, expected) => {
      using place = createPlace(['place = "move"', 'onDuplicate = "trash"'], 24);
      for (let round = 0; round < SIGNALS; round++) {
        const { child, begun, ended } = startImport(place);
        await begun;
        child.kill(signal);
        const { code, stderr } = await ended;
        expect([code, stderr]).toEqual([expected, stderr]);
        expect(leasedFiles(place.data)).toBe(0);
      }
      await importAll(place);
      expectAllJudgedOnce(place);
    },
  );
});
