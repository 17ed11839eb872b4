/**
 * A mounted store does what ext4 does, in every case of the POSIX table: it answers the same, and leaves the same to be
 * seen. Where it does not and need not, `posix-exclusions.ts` says so.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeMounted, mountStore } from '../support/mounted-store.ts';
import { type CProgram, compile, describeCompiled } from './c-programs.ts';
import { deviationsOf, faultsOf } from './judge.ts';
import { MOUNT_MODES, type MountMode } from './mount-modes.ts';
import { describePlain, openPlainFolder } from './plain-folder.ts';
import { type PosixCase, posixCase } from './posix-case.ts';
import { EXCLUSIONS, type Exclusion } from './posix-exclusions.ts';
import { type CaseGroup, POSIX_CASES } from './posix-table.ts';
import { type Outcome, runCases } from './run-cases.ts';

/** Fewer, and something was lost. */
const LEAST_CASES = 2000;
const TIMEOUT_MS = 1_800_000;
const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
/** The others, where the kernel does more by itself, when there is time. */
const MODES = IS_LONG ? MOUNT_MODES : MOUNT_MODES.slice(0, 1);
/** On mounted stores: of each group one of so many, so that a usual run is soon over. */
const ONE_OF = IS_LONG ? 1 : 4;
const GROUPS = POSIX_CASES.map(({ title, cases }) => ({ title, cases: cases.filter((_, at) => at % ONE_OF === 0) }));

type Outcomes = ReadonlyMap<string, Outcome>;
/** By title. */
type Deviations = Readonly<Record<string, readonly string[]>>;

const all: readonly PosixCase[] = POSIX_CASES.flatMap(({ cases }) => cases);
const tried: readonly PosixCase[] = GROUPS.flatMap(({ cases }) => cases);
describe('the table', () => {
  it(`has at least ${LEAST_CASES} cases, each with a title of its own`, () => {
    expect(all.length).toBeGreaterThan(LEAST_CASES);
    const titles = all.map(({ title }) => title);
    expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
  });

  it.each(MOUNT_MODES)('excludes of a store $title cases that there are, each once and with a reason', ({ mode }) => {
    const titles = exclusionsIn(mode).flatMap(({ cases }) => Object.keys(cases));
    expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
    expect(titles.filter((title) => !all.some((one) => one.title === title))).toEqual([]);
    for (const { reason } of EXCLUSIONS) expect(reason).toMatch(/^[A-Z].*\.$/);
  });
});

describeCompiled('the POSIX table', () => {
  describePlain('on ext4', () => {
    let program: CProgram;
    let plain: Outcomes;

    beforeAll(async () => {
      program = compile(['syscalls.c', 'syscalls/*.c']);
      using disk = openPlainFolder();
      plain = await runCases(program.path, disk.folder, all);
    }, TIMEOUT_MS);
    afterAll(() => program[Symbol.dispose]());

    it.each(POSIX_CASES)('tells how $title go', ({ cases }) => {
      const faults = cases.map((one) => [one.title, faultsOf(one, plain.get(one.title) ?? [])] as const);
      expect(faults.filter(([, found]) => found.length > 0)).toEqual([]);
    });

    it('notices a mode, a byte, an error, a name and a time that differ, and a step that fails', async () => {
      using disk = openPlainFolder();
      const pairs = [
        ['chmod a 640', 'chmod a 641'],
        ['write 0 x', 'write 0 y'],
        ['rmdir d', 'unlink d'],
        ['mkdir b 755', 'mkdir c 755'],
        ['chmod a 644', 'stat a'],
        ['setxattr a user.a v', 'setxattr a user.a w'],
      ].map((acts, at) => acts.map((act, which) => planted(`${at}-${which}`, act)));
      const outcomes = await runCases(program.path, disk.folder, pairs.flat());
      for (const [one, other] of pairs as [PosixCase, PosixCase][]) {
        const [seen = [], expected = []] = [outcomes.get(one.title), outcomes.get(other.title)];
        expect(deviationsOf(one, seen, expected), one.title).not.toEqual([]);
        expect(deviationsOf(one, seen, seen)).toEqual([]);
      }
      const wrong = posixCase('wrong', 'file a ; file a ; --- ; chmod a 600 => EPERM ; frobnicate a');
      const outcome = await runCases(program.path, disk.folder, [wrong]);
      expect(faultsOf(wrong, outcome.get('wrong') ?? [])).toEqual([
        'file a: EEXIST, though it only prepares',
        'chmod a 600: ok, not EPERM',
        'frobnicate a: USAGE frobnicate a',
        'look: no answer',
      ]);
    });

    describeMounted('on mounted stores', () => {
      describe.each(MODES)('on one $title', ({ mode, options }) => {
        const known = Object.assign({}, ...exclusionsIn(mode).map(({ cases }) => cases)) as Deviations;
        const excluded = only(known, (title) => tried.some((one) => one.title === title));
        let mounted: Outcomes;

        beforeAll(async () => {
          await using mount = await mountStore({ options });
          mounted = await runCases(program.path, mount.folder, tried);
        }, TIMEOUT_MS);

        it.each(GROUPS)('$title go as on ext4', (group) => {
          const found = deviationsIn(group, mounted, plain);
          expect(only(found, (title) => !(title in excluded))).toEqual({});
        });

        it('what is excluded differs, and only so', () => {
          const found = deviationsIn({ title: '', cases: tried }, mounted, plain);
          expect(only(found, (title) => title in excluded)).toEqual(excluded);
        });
      });
    });
  });
});

function exclusionsIn(mode: MountMode): readonly Exclusion[] {
  return EXCLUSIONS.filter((exclusion) => (exclusion.mode ?? mode) === mode);
}

function planted(title: string, act: string): PosixCase {
  return posixCase(title, `file a ; dir d ; open 0 a RDWR ; --- ; ${act}`);
}

function deviationsIn({ cases }: CaseGroup, seen: Outcomes, expected: Outcomes): Deviations {
  const found = cases.map(
    (one) => [one.title, deviationsOf(one, seen.get(one.title) ?? [], expected.get(one.title) ?? [])] as const,
  );
  return Object.fromEntries(found.filter(([, lines]) => lines.length > 0));
}

function only(deviations: Deviations, isMeant: (title: string) => boolean): Deviations {
  return Object.fromEntries(Object.entries(deviations).filter(([title]) => isMeant(title)));
}
