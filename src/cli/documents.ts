/** Documents for programs. What they look like is a public promise: docs/reference/cli.md. */
import type { ForeignReport, FoundProfile, ScanReport } from '#catalogue';
import type { PlacedProfile } from '#config';
import { type BytePath, exactDocument } from '#kernel';
import type { Verdict } from '#matching';
import type { ExplainedVerdict, JudgedPair } from './app.ts';

/** One document, two blanks deep. A text that is no UTF-8 becomes lossy and gets its bytes beside it as `pathBase64` or `<key>PathBase64`. */
export function jsonOf(document: object): string {
  return `${JSON.stringify(exactDocument(document), null, 2)}\n`;
}

/** The same on one line. */
export function jsonLineOf(document: object): string {
  return `${JSON.stringify(exactDocument(document))}\n`;
}

/** A line of `match --export`. What was not computed is null. */
export function pairDocument({ a, b, verdict }: JudgedPair): object {
  const { relation, similarity, significance = null, expectedFalse = null, coherence } = verdict;
  const { overlapSeconds, offsetSeconds, speedRatio, truncated, damaged = null, master = 'unknown' } = verdict;
  const where = { overlapSeconds, offsetSeconds, speedRatio };
  return {
    v: 1,
    a,
    b,
    relation,
    similarity,
    significance,
    expectedFalse,
    coherence,
    ...where,
    truncated,
    damaged,
    master,
  };
}

/** The body of `compare --json`. What was not computed is null. */
export function verdictDocument(a: BytePath, b: BytePath, verdict: Verdict): object {
  const { relation, truncated, similarity, bitErrorRate, overlapSeconds, offsetSeconds, speedRatio } = verdict;
  const { coherence, segments, reasons, significance = null, expectedFalse = null } = verdict;
  const { damaged = null, master = isExact(verdict) ? 'same' : 'unknown' } = verdict;
  const flags = { truncated, damaged, master };
  const figures = { similarity, bitErrorRate, overlapSeconds, offsetSeconds, speedRatio };
  return { v: 1, a, b, relation, ...flags, ...figures, significance, expectedFalse, coherence, segments, reasons };
}

function isExact({ relation }: Verdict): boolean {
  return relation === 'same-bytes' || relation === 'same-audio';
}

/** `compare --json`. */
export function comparisonDocument(a: BytePath, b: BytePath, { verdict, evidence }: ExplainedVerdict): object {
  return { ...verdictDocument(a, b, verdict), evidence };
}

/** `scan --json`. */
export function scanDocument(report: ScanReport): object {
  const { seen, changed, moved, unchanged, missing, failed } = report;
  const { audioSeconds, elapsedSeconds, failures, skipped } = report;
  const counts = { seen, new: report.new, changed, moved, unchanged, missing, failed };
  return { v: 1, ...counts, audioSeconds, elapsedSeconds, failures, skipped };
}

/** What became of the collections that an import found. */
export interface TakenProfiles {
  readonly settingsFile: BytePath;
  /** What was added to it, or would be; empty for nothing. */
  readonly addition: string;
  readonly profiles: readonly (FoundProfile & { readonly placed: PlacedProfile })[];
}

/** `import --json`. */
export function importDocument(report: ForeignReport, taken: TakenProfiles, dryRun: boolean): object {
  const { fingerprints, pairs, damaged, failures } = report;
  const files = report.files.map(({ path, form, outcome, lines, kept, repeated, damaged: bad }) => {
    const figures = { lines, kept, repeated, damaged: bad };
    return { path, tool: form?.tool ?? null, kind: form?.kind ?? null, outcome, ...figures };
  });
  const profiles = taken.profiles.map(({ placed, name, source, roots, notes }) => ({
    ...{ name: placed.name, outcome: placed.outcome, collection: name },
    ...{ source, roots, notes },
  }));
  const { settingsFile } = taken;
  return { v: 1, dryRun, fingerprints, pairs, damaged, files, failures, settingsFile, profiles };
}
