/** Tells what a file of another program holds by how it begins. Its name only decides where the content is too damaged to tell. */
import { type BytePath, baseName } from '#kernel';
import { isCometaSettings } from './cometa-profiles.ts';
import type { ForeignKind, ForeignTool } from './records.ts';

export interface ForeignForm {
  readonly tool: ForeignTool;
  readonly kind: ForeignKind;
}

/** How much of a file's beginning is looked at. A first line may be much longer. */
export const HEAD_BYTES: number = 2 ** 16;

const FINGERPRINTS: ForeignForm = { tool: 'cometa', kind: 'fingerprints' };
const CORRELATIONS: ForeignForm = { tool: 'cometa', kind: 'correlations' };
const PROFILES: ForeignForm = { tool: 'cometa', kind: 'profiles' };
const FPCALC: ForeignForm = { tool: 'fpcalc', kind: 'fingerprints' };

const NAMES: readonly (readonly [name: RegExp, form: ForeignForm])[] = [
  [/^fingerprints.*\.jsonl$/i, FINGERPRINTS],
  [/^correlations.*\.jsonl$/i, CORRELATIONS],
  [/\.fpcalc$/i, FPCALC],
];

/** Names that are worth a look where a whole folder is searched. */
export function mayBeForeign(name: BytePath): boolean {
  return /\.(?:jsonl|fpcalc|ini)$/i.test(name);
}

/** What the file is, or `undefined` where it is nothing that is known. `head` is at most {@link HEAD_BYTES} of it. */
export function recognise(path: BytePath, head: Uint8Array): ForeignForm | undefined {
  const text = new TextDecoder().decode(head);
  return byContent(text) ?? NAMES.find(([name]) => name.test(baseName(path)))?.[1];
}

function byContent(text: string): ForeignForm | undefined {
  for (const line of text.split('\n')) {
    const form = formOfLine(line);
    if (form) return form;
  }
  return isCometaSettings(text) ? PROFILES : undefined;
}

/** Quotes within JSON texts are escaped, so that no file name can look like a key. */
function formOfLine(line: string): ForeignForm | undefined {
  if (/^\s*(?:DURATION|FINGERPRINT)=/.test(line)) return FPCALC;
  if (/^\s*\["(?:[^"\\]|\\.)*",\s*"(?:[^"\\]|\\.)*",\s*[\d.eE+-]+/.test(line)) return CORRELATIONS;
  if (!/^\s*\{\s*"/.test(line)) return undefined;
  const has = (key: string): boolean => new RegExp(`[{,]\\s*"${key}"\\s*:`).test(line);
  if (has('corr') && has('a') && has('b')) return CORRELATIONS;
  if (has('chp_fingerprint') || (has('fingerprint') && has('path'))) return FINGERPRINTS;
  return has('fingerprint') && has('duration') ? FPCALC : undefined;
}
