/** What a sweep looked at and did, in sentences. */
import type { SkippedPath, SweepSummary } from '#sweep';
import { safeText } from '../terminal/safe-text.ts';
import { counted, countText, sizeText } from '../terminal/units.ts';
import { shownPath } from './paths.ts';
import type { View } from './view.ts';

const SHOWN_SKIPS = 5;

export function sweepSentence(summary: SweepSummary): string {
  const { referenceFiles, sourceFiles, bytes, duplicates, sets, readBytes, rememberedFiles, notSound } = summary;
  const among = referenceFiles > 0 ? ` and ${countText(referenceFiles)} in the reference` : '';
  const known = rememberedFiles ? `, ${counted(rememberedFiles, 'hash', 'hashes')} known from before` : '';
  const others =
    notSound > 0 ? ` ${counted(notSound, 'possible copy is', 'possible copies are')} no sound, and left alone.` : '';
  return (
    `Looked at ${counted(sourceFiles, 'file')} in the source${among}` +
    (bytes === null || readBytes === null ? '' : `, ${sizeText(bytes)} in all; read ${sizeText(readBytes)}${known}`) +
    `: ${counted(duplicates, 'duplicate')} of ${counted(sets, 'file')}.${others}`
  );
}

/** What was left alone and why: a few of each reason, or all. */
export function skippedLines(skipped: readonly SkippedPath[], all: boolean, { style, base }: View): string[] {
  if (skipped.length === 0) return [];
  if (!all)
    return [
      style.faint(`${counted(skipped.length, 'path')} left alone, for example:`),
      ...examples(skipped.slice(0, SHOWN_SKIPS)),
    ];
  return [style.faint(`${counted(skipped.length, 'path')} left alone:`), ...examples(skipped)];

  function examples(some: readonly SkippedPath[]): string[] {
    return some.map(({ path, reason }) => `  ${shownPath(path, base)}  ${style.faint(safeText(reason))}`);
  }
}
