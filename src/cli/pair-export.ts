/** `match --export FILE`: every recorded comparison, in the form that the name of the file asks for. */
import { AppError, type BytePath, extensionOf } from '#kernel';
import type { JudgedPair } from './app.ts';
import { type CommandContext, hasOption, optionValues } from './context.ts';
import { createCsvEncoder } from './csv.ts';
import { jsonLineOf, pairDocument } from './documents.ts';
import { pathsOf } from './operands.ts';
import { PAIR_COLUMNS, pairRow } from './pair-table.ts';
import type { NewFile, TableEncoder } from './surroundings.ts';

/** Where the pairs go. Disposed of before it is finished, a file is not there at all. */
export interface PairSink extends Disposable {
  add(pairs: readonly JudgedPair[]): void;
  finish(): void;
}

/** An export that was asked for. */
export interface WantedExport {
  /** Does it take standard output, so that nothing else may be printed there? */
  readonly isPrinted: boolean;
  /** Once. */
  open(): PairSink;
}

/**
 * Sees before any work is done whether the export can be made; `undefined` where none is wanted.
 * @throws AppError `usage/bad-value`, `output/…`
 */
export async function wantedExport(context: CommandContext): Promise<WantedExport | undefined> {
  const word = optionValues(context, 'export').at(-1);
  if (word === undefined) return undefined;
  if (word === '-') return printed(context);
  const path = pathsOf(context, [word])[0] as BytePath;
  const encoder = await encoderFor(context, extensionOf(path));
  if (encoder === undefined) throw noSuchForm(word);
  const file = await context.surroundings.prepareFile(path);
  return { isPrinted: false, open: () => intoFile(file, encoder) };
}

/** As {@link TableEncoder}, of pairs. */
interface PairEncoder {
  add(pairs: readonly JudgedPair[]): string | Uint8Array;
  finish(): string | Uint8Array;
}

async function encoderFor({ surroundings }: CommandContext, ending: string): Promise<PairEncoder | undefined> {
  switch (ending) {
    case 'jsonl':
      return { add: linesOf, finish: () => '' };
    case 'csv':
      return ofTable(createCsvEncoder(PAIR_COLUMNS));
    case 'parquet':
      return ofTable(await surroundings.openParquet(PAIR_COLUMNS));
    default:
      return undefined;
  }
}

function ofTable(encoder: TableEncoder): PairEncoder {
  return { add: (pairs) => encoder.add(pairs.map(pairRow)), finish: () => encoder.finish() };
}

function linesOf(pairs: readonly JudgedPair[]): string {
  return pairs.map((pair) => jsonLineOf(pairDocument(pair))).join('');
}

function intoFile(file: NewFile, encoder: PairEncoder): PairSink {
  const growing = file.begin();
  return {
    add: (pairs) => growing.write(encoder.add(pairs)),
    finish() {
      growing.write(encoder.finish());
      growing.finish();
    },
    [Symbol.dispose]: () => growing[Symbol.dispose](),
  };
}

function printed(context: CommandContext): WantedExport {
  for (const other of ['json', 'histogram']) if (hasOption(context, other)) throw twoForOne(other);
  const { surroundings, talk } = context;
  const add = (pairs: readonly JudgedPair[]): void => {
    talk.clear();
    surroundings.stdout.write(linesOf(pairs));
  };
  return { isPrinted: true, open: () => ({ add, finish: () => {}, [Symbol.dispose]: () => {} }) };
}

function noSuchForm(word: string): AppError {
  return new AppError(
    'usage/bad-value',
    `--export must name a file that ends in .jsonl, .csv or .parquet, not "${word}".`,
    { kind: 'usage', hint: 'Or write "--export -" for JSON lines on standard output.' },
  );
}

function twoForOne(other: string): AppError {
  return new AppError('usage/bad-value', `--export - and --${other} would both print on standard output.`, {
    kind: 'usage',
    hint: 'Export into a file, as in "--export pairs.jsonl".',
  });
}
