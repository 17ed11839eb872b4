/** What people see: help texts, errors and results. A change here is a change of the product. */
import { describe, expect, it } from 'vitest';
import { type Plan, type PlanItem, planDocument } from '#filing';
import { AppError, type BytePath } from '#kernel';
import { parseArguments } from '../../src/cli/arguments.ts';
import {
  comparisonDocument,
  importDocument,
  jsonOf,
  pairDocument,
  scanDocument,
  verdictDocument,
} from '../../src/cli/documents.ts';
import { journalDocument } from '../../src/cli/filing-documents.ts';
import { commandHelp, generalHelp } from '../../src/cli/help.ts';
import { COMMANDS } from '../../src/cli/options.ts';
import {
  decidedNotices,
  importNotices,
  importSentence,
  overruledSentences,
  renderDecided,
  renderDecisions,
} from '../../src/cli/render/decisions.ts';
import { renderFailures } from '../../src/cli/render/failures.ts';
import { renderJournal } from '../../src/cli/render/filing.ts';
import { renderGroups, renderTotals } from '../../src/cli/render/groups.ts';
import { renderImport, troubleLines } from '../../src/cli/render/import.ts';
import { renderFile, renderLibrary } from '../../src/cli/render/info.ts';
import { chooseBase } from '../../src/cli/render/paths.ts';
import { renderPlan } from '../../src/cli/render/plan.ts';
import { matchSentence, pairFailures, renderDiagnosis, scanSentence } from '../../src/cli/render/reports.ts';
import { skippedLines, sweepSentence } from '../../src/cli/render/sweep.ts';
import { renderVerdict } from '../../src/cli/render/verdict.ts';
import type { View } from '../../src/cli/render/view.ts';
import { errorText } from '../../src/cli/talk.ts';
import { createStyle } from '../../src/cli/terminal/style.ts';
import { widthOf } from '../../src/cli/terminal/width.ts';
import { sampleEntry } from '../../src/filing/journal.contract.ts';
import { DOCUMENT_SCHEMAS } from '../../tools/document-schemas.mts';
import {
  decided,
  decisionsExport,
  decisionsList,
  diagnosis,
  explained,
  fileInfo,
  foreignReport,
  groupsDocument,
  importedDecisions,
  libraryInfo,
  matchReport,
  path,
  scanReport,
  sweepPlan,
  sweepSummary,
  takenProfiles,
  verdict,
} from './cli-samples.ts';

function viewOf(columns: number | undefined, colored = false): View {
  return { style: createStyle(colored), columns, base: chooseBase([path('/music')], path('/people/ann')) };
}

async function expectGolden(name: string, lines: readonly string[]): Promise<void> {
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`cli/${name}.txt`);
}

describe('help', () => {
  it('of the program', () => expectGolden('help', [generalHelp('1.2.3').trimEnd()]));
  it.each(COMMANDS)('of $name', (command) => expectGolden(`help-${command.name}`, [commandHelp(command).trimEnd()]));

  it('fits 100 columns', () => {
    const all = [generalHelp('1.2.3'), ...COMMANDS.map(commandHelp)].join('\n').split('\n');
    for (const line of all) expect(widthOf(line)).toBeLessThanOrEqual(112);
  });
});

describe('errors', () => {
  const wrong = [
    ['fnid'],
    ['~/Music'],
    ['find', '--jsno'],
    ['groups', '--origin'],
    ['find', '--json=1'],
    ['find', '--data'],
    ['find', '--color', 'pink'],
    ['compare', 'a'],
    ['match', 'a\u001b[31m'],
    ['config'],
    ['decide', 'a', 'b'],
    ['decisions'],
  ];

  it('of wrong usage are one sentence and a hint', () => {
    const texts = wrong.map((args) => {
      try {
        parseArguments(args);
        return 'accepted';
      } catch (error) {
        return `$ reprise ${args.join(' ').replace('\u001b', '\\e')}\n${errorText(error, createStyle(false))}`;
      }
    });
    return expectGolden('wrong-usage', texts);
  });

  it('that nobody expected say that it is a bug', () => {
    const error = new TypeError('x is not a function');
    error.stack = 'TypeError: x is not a function\n    at align (dist/matching/align.js:1:2)';
    return expectGolden('bug', [errorText(error, createStyle(false))]);
  });

  it('never send a terminal anything but text', () => {
    const error = new AppError('files/missing', 'There is no \u001b]0;x\u0007.', {
      kind: 'missing',
      hint: '\u001b[2J',
    });
    expect(errorText(error, createStyle(false))).toBe('reprise: There is no \\e]0;x\\x07.\n  \\e[2J\n');
  });
});

describe('results', () => {
  const whole = (view: View): string[] => [
    ...renderGroups(groupsDocument, 20, view),
    ...renderTotals(groupsDocument, 2, view),
    ...renderFailures(groupsDocument.failures, false, view),
  ];

  it.each([80, 140])('of find on %d columns', (columns) => {
    const lines = whole(viewOf(columns));
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    return expectGolden(`groups-${columns}`, lines);
  });

  it('of find in a pipe', () => expectGolden('groups-pipe', whole(viewOf(undefined))));

  it('in colours are the same text', () => {
    const colored = whole(viewOf(140, true)).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: styles begin with the escape character
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(whole(viewOf(140)).join('\n'));
    expect(colored).toContain('\u001b[32m');
  });

  it('of find without duplicates, and cut to the first group', () =>
    expectGolden('groups-none', [
      ...renderTotals({ ...groupsDocument, groups: [], related: [] }, 0, viewOf(80)),
      '',
      ...renderGroups(groupsDocument, 1, viewOf(140)),
      ...renderTotals(groupsDocument, 1, viewOf(140)),
    ]));

  const comparison = (view: View, isVerbose: boolean): string[] =>
    renderVerdict(path('/music/a.flac'), path('/music/b\n.mp3'), explained, view, isVerbose);

  it('of compare', () => expectGolden('compare', comparison(viewOf(undefined), false)));

  it('of compare with its figures, on 80 columns', () => {
    const lines = comparison(viewOf(80), true);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
    return expectGolden('compare-80-verbose', lines);
  });

  it('of info', () =>
    expectGolden('info', [...renderLibrary(libraryInfo, viewOf(80)), '', ...renderFile(fileInfo, true, viewOf(80))]));

  it('of scan and match', () =>
    expectGolden('reports', [
      scanSentence(scanReport),
      scanSentence({
        ...scanReport,
        new: 0,
        changed: 0,
        moved: 0,
        missing: 0,
        failed: 0,
        skipped: [],
        audioSeconds: 0,
      }),
      matchSentence(matchReport),
      matchSentence({ ...matchReport, newTracks: 0 }),
      ...pairFailures(matchReport),
    ]));

  it('of decide', () =>
    expectGolden('decide', [
      ...renderDecided(decided, viewOf(80)),
      ...decidedNotices(decided, viewOf(80)),
      '',
      ...renderDecided({ ...decided, word: 'different', groups: { before: [], after: [] } }, viewOf(80)),
      '',
      ...renderDecided({ ...decided, word: 'ask', a: null, recorded: false, n: null }, viewOf(80)),
    ]));

  it('of decisions', () =>
    expectGolden('decisions', [
      ...renderDecisions(decisionsList, viewOf(80)),
      '',
      ...renderDecisions({ v: 1, decisions: [] }, viewOf(80)),
      '',
      ...[importSentence(importedDecisions), ...importNotices(importedDecisions)],
      ...overruledSentences(importedDecisions.overruled),
    ]));

  it('of import', () => {
    const result = { report: foreignReport, taken: takenProfiles, dryRun: false, isVerbose: false };
    return expectGolden('import', [
      ...renderImport(result, viewOf(80)),
      ...troubleLines(foreignReport.failures, 1234),
      '',
      ...renderImport({ ...result, dryRun: true, isVerbose: true }, viewOf(80)),
      '',
      ...renderImport({ ...result, taken: { ...takenProfiles, addition: '', profiles: [] } }, viewOf(80)),
    ]);
  });

  it('of doctor', () => expectGolden('doctor', renderDiagnosis(diagnosis, createStyle(false))));
});

describe('documents', () => {
  it.each([
    ['scan', scanDocument(scanReport)],
    ['compare', verdictDocument(path('/a\udcff'), path('/b'), verdict)],
    ['compare', comparisonDocument(path('/a\udcff'), path('/b'), explained)],
    ['match', { v: 1, ...matchReport }],
    ['pair', pairDocument({ a: path('/a\udcff'), b: path('/b'), verdict })],
    ['file', fileInfo],
    ['library', libraryInfo],
    ['doctor', { v: 1, ...diagnosis }],
    ['import', importDocument(foreignReport, takenProfiles, false)],
    ['decided', { v: 1, ...decided }],
    ['decisions', decisionsExport],
    ['decisions', decisionsList],
    ['decisions-list', decisionsList],
    ['decisions-import', { v: 1, ...importedDecisions }],
  ] as const)('of %s obey their schema and start with their version', (name, document) => {
    const text = jsonOf(document);
    expect(text).toMatch(/^\{\n {2}"v": 1,/);
    expect(DOCUMENT_SCHEMAS[name].safeParse(JSON.parse(text)).error).toBeUndefined();
  });
});

describe('a plan', () => {
  const { plan, skipped } = sweepPlan;

  it('says what it comes to, and of each file where it goes, for which copy and why', async () => {
    const view = viewOf(100);
    await expectGolden('plan', [
      sweepSentence(sweepSummary),
      '',
      ...renderPlan(plan, 3, view),
      ...skippedLines(skipped, false, view),
      ...skippedLines(skipped, true, view),
    ]);
  });

  it('sends nothing to the terminal that a name brought along', () => {
    const shown = renderPlan(plan, 100, viewOf(undefined)).join('\n');
    expect(shown).not.toContain('\u001b');
    expect(shown.split('\n').length).toBe(renderPlan({ ...plan, items: plan.items }, 100, viewOf(80)).length);
  });

  it('of the gate says what is placed how, and whose sound comes into whose place, and so does the journal', async () => {
    const [first, second] = plan.items as readonly [PlanItem, PlanItem];
    const { source } = second;
    const bare = { keeper: null, sameBytes: false };
    const destination = '/music/A/B/01 C.mp3' as BytePath;
    const items: readonly PlanItem[] = [
      ...(['place-hardlink', 'place-reflink', 'place-link'] as const).map(
        (verb, at): PlanItem => ({ ...first, ...bare, n: at + 1, verb, destination, reasons: ['it is new'] }),
      ),
      {
        ...first,
        ...bare,
        n: 4,
        verb: 'replace-in-place',
        destination: null,
        replacement: source,
        reasons: ['better'],
      },
    ];
    const gate: Plan = { ...plan, items, reclaimableBytes: 0, roots: ['/music' as BytePath] };
    const was = { inode: 1n, sizeBytes: 5, mtimeNs: 5n, contentHash: null };
    const to = '/music/.reprise-trash/id/a.mp3' as BytePath;
    const act = sampleEntry({ from: first.source.path, to, verb: 'replace-in-place', state: 'done', was, at: 0 });
    const swapped = { ...act, n: 1, replacement: { path: source.path, was } };
    const placed = sampleEntry({ from: first.source.path, to: destination, verb: 'place-link', state: 'done', at: 0 });
    const entries = [swapped, { ...placed, n: 2 }];
    await expectGolden('plan-gate', [...renderPlan(gate, 9, viewOf(100)), ...renderJournal(entries, viewOf(100))]);
    for (const [name, document] of [
      ['plan', planDocument({ ...gate, items: items.map(withoutHashes) })],
      ['journal', journalDocument(entries)],
    ] as const) {
      expect(DOCUMENT_SCHEMAS[name].safeParse(JSON.parse(jsonOf(document))).error).toBeUndefined();
    }
  });

  it('says so where there is nothing to do', () => {
    expect(renderPlan({ ...plan, items: [], reclaimableBytes: 0 }, 20, viewOf(80))).toEqual(['Nothing to be done.']);
  });
});

/** Those of the samples are no hashes. */
function withoutHashes({ source, replacement, ...item }: PlanItem): PlanItem {
  const bare = { ...item, source: { ...source, contentHash: null } };
  return replacement === undefined ? bare : { ...bare, replacement: { ...replacement, contentHash: null } };
}
