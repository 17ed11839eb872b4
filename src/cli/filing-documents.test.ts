/** A plan as it is written to a file, read again. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type PlanItem, type PlannedFile, planDocument, readPlan, type Verb } from '#filing';
import { type BytePath, pathFromBytes } from '#kernel';
import { jsonLineOf, jsonOf } from './documents.ts';

/** Names with everything that names have, also what is no UTF-8; never `.` or `..`. */
const name = fc
  .oneof(
    fc.string({ minLength: 1, unit: 'binary' }).map((text) => text.toWellFormed()),
    fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => pathFromBytes(bytes) as string),
    fc.constantFrom(
      '"quoted"',
      "it's",
      '$HOME',
      'two\nlines',
      'back\\slash',
      'cafe\u0301',
      'caf\u00e9',
      '\u202egnp',
      ' ',
    ),
  )
  .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}` as BytePath);

const file: fc.Arbitrary<PlannedFile> = fc.record({
  path,
  sizeBytes: fc.maxSafeNat(),
  mtimeNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  inode: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  contentHash: fc.option(
    fc
      .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })
      .map((hex) => `sha256:${hex}`),
  ),
});

const verb = fc.constantFrom<Verb>(
  ...(['move', 'trash', 'copy', 'hardlink', 'reflink', 'link', 'replace-in-place'] as const),
  ...(['place-hardlink', 'place-reflink', 'place-link'] as const),
);
const bareItem: fc.Arbitrary<PlanItem> = fc.record({
  ...{ n: fc.integer({ min: 1 }), verb, source: file, destination: fc.option(path), keeper: fc.option(file) },
  ...{ sameBytes: fc.boolean(), follows: fc.array(fc.nat()), edits: fc.array(fc.record({ from: path, to: path })) },
  reasons: fc.array(fc.string({ unit: 'binary' }).map((text) => text.toWellFormed())),
});

const item = fc.oneof(
  bareItem,
  fc.tuple(bareItem, file).map(([bare, replacement]): PlanItem => ({ ...bare, replacement })),
);

const plan = fc.record({
  id: fc.stringMatching(/^\w[\w.-]{0,63}$/),
  made: fc.constantFrom('', '2026-01-31T12:00:00.000Z'),
  command: fc.string(),
  reclaimableBytes: fc.maxSafeNat(),
  roots: fc.array(fc.oneof(path, fc.constant('/' as BytePath))),
  protected: fc.array(path),
  items: fc.array(item, { maxLength: 5 }),
});

it('law: a plan that is written and read again is the same, whatever its files are called', () => {
  fc.assert(
    fc.property(plan, (made) => {
      expect(readPlan(jsonOf(planDocument(made)))).toEqual(made);
      expect(readPlan(jsonLineOf(planDocument(made)))).toEqual(made);
    }),
    { numRuns: 300 },
  );
});
