/** Arguments as the bytes that they are. Node decodes them as UTF-8 and loses what is not. */
import { readFileSync, readlinkSync } from 'node:fs';
import { type BytePath, pathFromBytes } from '#kernel';

/**
 * The last arguments of this process in their exact form, or `lossy` where the system does not tell.
 * `launcher` is the process that passed its own arguments on, if one did: then those are the exact ones.
 */
export function exactArguments(lossy: readonly string[], launcher?: string): readonly string[] {
  const processId = launcher !== undefined && /^\d+$/.test(launcher) ? launcher : 'self';
  try {
    const exact = argumentsIn(readFileSync(`/proc/${processId}/cmdline`)).slice(-lossy.length);
    const isTheSame = exact.every((argument, index) => argument.replace(LONE, '\ufffd') === lossyForm(lossy[index]));
    return exact.length === lossy.length && isTheSame ? exact : lossy;
  } catch {
    // Systems without /proc, and processes of others: what Node says is all there is.
    return lossy;
  }
}

/** The working folder in its exact form. */
export function exactWorkingFolder(lossy: string): BytePath {
  if (!lossy.includes('\ufffd')) return lossy as BytePath;
  try {
    return pathFromBytes(readlinkSync('/proc/self/cwd', { encoding: 'buffer' }));
  } catch {
    // As above.
    return lossy as BytePath;
  }
}

// How many replacement characters a decoder makes of a run of bad bytes differs, so runs count as one.
const LONE = /\p{Cs}+/gu;

function lossyForm(argument: string | undefined): string | undefined {
  return argument?.replace(/\ufffd+/g, '\ufffd');
}

function argumentsIn(bytes: Uint8Array): string[] {
  const found: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    found.push(pathFromBytes(bytes.subarray(start, end)));
    start = end + 1;
  }
  return found;
}
