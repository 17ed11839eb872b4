/** `sweep`'s options as a request. */
import { AppError, type BytePath } from '#kernel';
import { DEFAULT_HASHING, SWEEP_BY, SWEEP_MODES, type SweepRequest } from '#sweep';
import { type CommandContext, hasOption, optionValues } from './context.ts';
import { bytesOfSize, pathsOf } from './operands.ts';
import { retriesOf, retryDelayOf } from './pace.ts';
import { spokenCommand } from './propose.ts';

/** @throws AppError `usage/bad-value` */
export function sweepRequest(context: CommandContext): SweepRequest {
  const last = (name: string): string | undefined => optionValues(context, name).at(-1);
  const { filing } = context.resolved.settings;
  const folders = (name: string): BytePath[] => pathsOf(context, optionValues(context, name));
  const choice = <T extends string>(name: string, choices: readonly [T, ...T[]]): T =>
    choices.find((each) => each === last(name)) ?? choices[0];
  return {
    ...{ references: folders('reference'), sources: folders('source'), output: folders('output').at(-1) ?? null },
    ...{ by: choice('by', SWEEP_BY), mode: choice('mode', SWEEP_MODES) },
    layout: hasOption(context, 'flatten') ? 'flat' : 'keep',
    filter: filterOf(context),
    hashing: hashingOf(context),
    retries: {
      times: retriesOf(context) ?? filing.retries,
      delaySeconds: retryDelayOf(context) ?? filing.retryDelaySeconds,
    },
    command: spokenCommand(context),
  };
}

function filterOf(context: CommandContext): SweepRequest['filter'] {
  const { scan } = context.resolved.settings;
  const lists = (name: string): string[] =>
    optionValues(context, name).flatMap((list) =>
      list
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    );
  const extensions = lists('extensions').map((word) => word.toLowerCase().replace(/^\./, ''));
  return {
    extensions: extensions.length > 0 ? extensions : null,
    include: optionValues(context, 'include'),
    exclude: [...scan.exclude, ...optionValues(context, 'exclude')],
    ignoreFiles: scan.ignoreFiles,
  };
}

function hashingOf(context: CommandContext): SweepRequest['hashing'] {
  const last = (name: string): string | undefined => optionValues(context, name).at(-1);
  const most = last('max-hash-bytes');
  const block = last('block-size');
  const mostBytes = most === undefined ? 0 : Math.floor(bytesOfSize('max-hash-bytes', most));
  return {
    algorithm: last('hash-algorithm')?.toLowerCase() ?? DEFAULT_HASHING.algorithm,
    // As in the program that it comes from, 0 means all of them.
    mostBytes: mostBytes > 0 ? mostBytes : null,
    blockBytes: block === undefined ? DEFAULT_HASHING.blockBytes : blockBytesOf(block),
  };
}

/** Less than a sector a time would be slow beyond use. */
const LEAST_BLOCK_BYTES = 512;

function blockBytesOf(text: string): number {
  const bytes = Math.floor(bytesOfSize('block-size', text));
  if (bytes >= LEAST_BLOCK_BYTES && bytes <= 2 ** 30) return bytes;
  throw new AppError(
    'usage/bad-value',
    `--block-size must be from ${LEAST_BLOCK_BYTES} bytes to 1 GiB, not "${text}".`,
    {
      kind: 'usage',
    },
  );
}
