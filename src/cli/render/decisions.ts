/** What a person decided, and what it changed, in sentences. */
import type { DecisionsList, GroupNames, ListedDecision } from '#review';
import type { Decided, ImportedDecisions, OverruledEntry } from '../app.ts';
import { alignColumns } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';
import { counted } from '../terminal/units.ts';
import { exactPath, shownPath } from './paths.ts';
import type { View } from './view.ts';

/** More names than this are counted instead. */
const NAMED = 8;

const SAID: Readonly<Record<Decided['word'], string>> = {
  same: 'the two are the same recording',
  different: 'the two are different recordings',
  ask: 'what was said about the two is forgotten, and the machine judges again',
};

const SAID_BEFORE: Readonly<Record<Decided['word'], string>> = {
  same: 'The two are the same already',
  different: 'The two are called different already',
  ask: 'Nothing was said about the two',
};

export function renderDecided(decided: Decided, view: View): string[] {
  const { word, recorded, n, groups } = decided;
  const name = (path: Decided['a']): string => (path === null ? 'not known' : safeText(path));
  return [
    `A  ${name(decided.a)}`,
    `B  ${name(decided.b)}`,
    '',
    recorded ? view.style.strong(`Decision ${n}: ${SAID[word]}.`) : `${SAID_BEFORE[word]}; nothing was recorded.`,
    ...(recorded ? changeLines(groups, view) : []),
  ];
}

function changeLines({ before, after }: Decided['groups'], view: View): string[] {
  if (before.length + after.length === 0) return ['No group changes.'];
  const names = after.filter(({ files }) => files.length > 1);
  return [
    `Before: ${summary(before)}. Now: ${summary(after)}.`,
    ...names.map(({ files }) => {
      const shown = files.slice(0, NAMED).map((file) => shownPath(exactPath(file), view.base));
      const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
      return view.style.faint(`  together: ${shown.join(', ')}${more}`);
    }),
  ];
}

/** `a group of 3 files, 2 files alone`. */
function summary(groups: readonly GroupNames[]): string {
  const sizes = groups.map(({ files }) => files.length);
  const together = sizes.filter((size) => size > 1).map((size) => `a group of ${counted(size, 'file')}`);
  const alone = sizes.filter((size) => size === 1).length;
  return [...together, ...(alone > 0 ? [`${counted(alone, 'file')} alone`] : [])].join(', ') || 'none';
}

/** What a person must know beyond that. */
export function decidedNotices(decided: Decided, { base }: View): string[] {
  const { word, recorded, a, b, aInCatalogue, bInCatalogue, overruled } = decided;
  const unknown = [...(aInCatalogue ? [] : [a]), ...(bInCatalogue ? [] : [b])];
  const counts = recorded && word !== 'ask';
  const waiting = counts
    ? unknown.map(
        (path) =>
          `${path === null ? 'A file' : shownPath(path, base)} is not in the catalogue as it is now; the decision counts once it is scanned.`,
      )
    : [];
  return [...waiting, ...overruledSentences(overruled)];
}

export function overruledSentences(overruled: readonly OverruledEntry[]): string[] {
  if (overruled.length === 0) return [];
  return [
    ...overruled.map(({ n, by }) => `Decision ${n} does not hold: it contradicts ${numbers(by)}.`),
    'Take back what is wrong: reprise decisions list, reprise decisions revoke N.',
  ];
}

function numbers(by: readonly number[]): string {
  return by.length === 1 ? `decision ${by[0]}` : `decisions ${by.slice(0, -1).join(', ')} and ${by.at(-1)}`;
}

export function renderDecisions({ decisions }: DecisionsList, { style }: View): string[] {
  if (decisions.length === 0) return ['Nothing is decided.'];
  const right = { side: 'right' } as const;
  const rows = decisions.map((decision) => [
    String(decision.n),
    decision.at.slice(0, 16).replace('T', ' '),
    decision.word,
    side(decision.a, decision.aAudioHash, decision.aPresent),
    side(decision.b, decision.bAudioHash, decision.bPresent),
    decision.overruledBy.length > 0 ? style.warning(`does not hold: contradicts ${numbers(decision.overruledBy)}`) : '',
  ]);
  const head = ['No.', 'When (UTC)', 'Word', 'A', 'B', ''].map(style.faint);
  return alignColumns([head, ...rows], [right, {}, {}, {}, {}, {}]);
}

function side(path: ListedDecision['a'], audioHash: string, isPresent: boolean): string {
  const name = path === null ? audioHash.slice(0, 19) : safeText(path);
  return isPresent ? name : `${name} (not here)`;
}

export function importSentence({ entries, added, known, failures }: ImportedDecisions): string {
  const parts = [`${added} new`, ...(known > 0 ? [`${known} known already`] : [])];
  const bad = failures.length > 0 ? [`${failures.length} not taken`] : [];
  return `Imported ${counted(entries, 'decision')}: ${[...parts, ...bad].join(', ')}.`;
}

/** One line for each entry that was not taken. */
export function importNotices({ failures }: ImportedDecisions): string[] {
  return failures.map(({ message, code }) => `${safeText(message)} (${code})`);
}
