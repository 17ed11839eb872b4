/** Reads one file of fingerprints or correlations into the catalogue, block by block. */
import { compressFingerprint } from '#fingerprint';
import { type BytePath, cancelled } from '#kernel';
import type { StampKey } from '../model.ts';
import { cometaCorrelation, cometaFingerprint } from './cometa-lines.ts';
import { fpcalcFingerprint } from './fpcalc.ts';
import { jsonLine } from './json-line.ts';
import { type Line, linesOf, MOST_LINE_BYTES } from './lines.ts';
import type { ImportPiece, StoredFingerprint } from './ports.ts';
import type { ForeignForm } from './recognise.ts';
import { type ForeignCorrelation, type ForeignFingerprint, type Reading, read, unread } from './records.ts';

export interface DataSource {
  readonly path: BytePath;
  readonly form: ForeignForm;
  readonly stamp: StampKey;
  readonly blocks: Iterable<Uint8Array>;
}

export interface DataSinks {
  readonly signal: AbortSignal;
  /** Keeps the piece and tells how many of its records are new. */
  readonly take: (piece: ImportPiece) => Promise<number>;
  /** Told about each line that holds no record. */
  readonly onDamage: (line: number, why: string) => void;
  /** Told after each piece how many lines were read. */
  readonly onLines: (lines: number) => void;
}

export interface DataReport {
  readonly lines: number;
  readonly kept: number;
  readonly repeated: number;
  readonly damaged: number;
}

/** @throws AppError `run/cancelled`, `files/…`, `catalogue/…`; what was read until then is kept, and read again next time */
export async function importData(source: DataSource, sinks: DataSinks): Promise<DataReport> {
  let [lines, records, kept, damaged] = [0, 0, 0, 0];
  let isFirst = true;
  const take = async (batch: Batch, isLast: boolean): Promise<void> => {
    const { path, form, stamp } = source;
    const end = isLast ? { end: { stamp, lines, damaged } } : {};
    const { fingerprints, correlations } = batch;
    kept += await sinks.take({ source: { path, ...form }, isFirst, fingerprints, correlations, ...end });
    isFirst = false;
  };
  for (const batch of batchesOf(source)) {
    if (sinks.signal.aborted) throw cancelled();
    lines += batch.lines;
    damaged += batch.damages.length;
    records += batch.fingerprints.length + batch.correlations.length;
    for (const { line, why } of batch.damages) sinks.onDamage(line, why);
    await take(batch, false);
    sinks.onLines(lines);
  }
  await take(emptyBatch(0), true);
  return { lines, kept, repeated: records - kept, damaged };
}

interface Batch {
  readonly lines: number;
  readonly fingerprints: StoredFingerprint[];
  readonly correlations: ForeignCorrelation[];
  readonly damages: { readonly line: number; readonly why: string }[];
}

function emptyBatch(lines: number): Batch {
  return { lines, fingerprints: [], correlations: [], damages: [] };
}

function* batchesOf({ path, form, blocks }: DataSource): Generator<Batch> {
  if (form.tool === 'fpcalc') {
    yield cacheBatch(path, blocks);
    return;
  }
  for (const lines of linesOf(blocks)) {
    const batch = emptyBatch(lines.length);
    for (const line of lines) readLine(line, form, batch);
    yield batch;
  }
}

function readLine(line: Line, { kind }: ForeignForm, batch: Batch): void {
  const parsed = line.damage === undefined ? jsonLine(line.text) : unread(line.damage);
  const refuse = (why: string): void => void batch.damages.push({ line: line.number, why });
  if (!parsed.ok) refuse(parsed.why);
  else if (kind === 'correlations') {
    const pair = cometaCorrelation(parsed.value);
    if (pair.ok) batch.correlations.push(pair.value);
    else refuse(pair.why);
  } else {
    const print = cometaFingerprint(parsed.value);
    if (print.ok) batch.fingerprints.push(compressed(print.value));
    else refuse(print.why);
  }
}

/** A cache is one record, whatever its lines. */
function cacheBatch(path: BytePath, blocks: Iterable<Uint8Array>): Batch {
  const batch = emptyBatch(1);
  const text = wholeText(blocks);
  const print = text.ok ? fpcalcFingerprint(path, text.value) : text;
  if (print.ok) batch.fingerprints.push(compressed(print.value));
  else batch.damages.push({ line: 1, why: print.why });
  return batch;
}

function wholeText(blocks: Iterable<Uint8Array>): Reading<string> {
  const texts: string[] = [];
  let length = 0;
  for (const { text, damage } of [...linesOf(blocks)].flat()) {
    if (damage !== undefined) return unread(damage);
    length += text.length;
    if (length > MOST_LINE_BYTES) return unread(`it is longer than ${MOST_LINE_BYTES} bytes`);
    texts.push(text);
  }
  return read(texts.join('\n'));
}

function compressed({ path, durationSeconds, items }: ForeignFingerprint): StoredFingerprint {
  return { path, durationSeconds, fingerprint: compressFingerprint(items) };
}
