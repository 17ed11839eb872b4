/** A person's decisions on real files, as a person makes them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GroupsDocument } from '#review';
import { DOCUMENT_SCHEMAS, type DocumentName } from '../../tools/document-schemas.mts';
import { music, pcmOf } from '../support/music.ts';
import { createWorkplace, fillWithMusic, PRODUCT, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

let place: Workplace;
beforeAll(() => {
  place = createWorkplace();
  fillWithMusic(place.music);
  rmSync(path.join(place.music, 'page.mp3'));
  place.reprise('find', place.music);
});
afterAll(() => place[Symbol.dispose]());

const at = (name: string): string => path.join(place.music, name);

function json(schema: DocumentName, ...args: string[]): Record<string, unknown> {
  const { stdout, stderr } = place.reprise(...args, '--json');
  const document = JSON.parse(stdout || 'null') as Record<string, unknown>;
  expect(DOCUMENT_SCHEMAS[schema].safeParse(document).error, stderr).toBeUndefined();
  return document;
}

function names({ stdout }: { readonly stdout: string }): string[][] {
  const { groups } = JSON.parse(stdout) as GroupsDocument;
  return groups.map(({ files }) => files.map((file) => path.basename(file.path)).sort()).sort();
}

const groups = (): string[][] => names(place.reprise('groups', '--json'));

const EQUAL = ['song (copy).wav', 'song tagged.wav', 'song.wav'];
const ALL_SONGS = ['song (copy).wav', 'song later.wav', 'song tagged.wav', 'song.wav'];

describe('decide', { timeout: 180_000 }, () => {
  it('different parts a group and says so', () => {
    expect(groups()).toEqual([ALL_SONGS]);
    const run = place.reprise('decide', at('song later.wav'), at('song.wav'), 'different');
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('Decision 1: the two are different recordings.');
    expect(run.stdout).toContain('Before: a group of 4 files. Now: a group of 3 files, 1 file alone.');
    expect(groups()).toEqual([EQUAL]);
    const again = json('decided', 'decide', at('song.wav'), at('song later.wav'), 'different');
    expect(again).toMatchObject({ v: 1, recorded: false, n: null, groups: { before: [], after: [] } });
  });

  it('holds after new tags, moves, a rescan and a loss', () => {
    writeWav(at('song.wav'), pcmOf(music(1, 16)), 'Quite another title');
    mkdirSync(at('moved'));
    renameSync(at('song later.wav'), at('moved/song later.wav'));
    renameSync(at('song (copy).wav'), at('moved/song (copy).wav'));
    expect(names(place.reprise('find', place.music, '--json'))).toEqual([EQUAL]);
    renameSync(at('moved/song later.wav'), path.join(place.data, 'away.wav'));
    place.reprise('find', place.music);
    renameSync(path.join(place.data, 'away.wav'), at('song later.wav'));
    expect(names(place.reprise('find', place.music, '--json'))).toEqual([EQUAL]);
  });

  it('ask forgets it', () => {
    const { groups: changes } = json('decided', 'decide', at('song.wav'), at('song later.wav'), 'ask');
    expect(changes).toMatchObject({ after: [{ files: { length: 4 } }] });
    expect(groups()).toEqual([ALL_SONGS]);
    expect(json('decisions-list', 'decisions', 'list')).toEqual({ v: 1, decisions: [] });
  });

  it('same joins what the machine would never join, and the group says by what', () => {
    expect(place.reprise('decide', at('tone.wav'), at('other.wav'), 'same').status).toBe(0);
    const { stdout } = place.reprise('groups', '--json');
    expect(names({ stdout })).toEqual([['other.wav', 'tone.wav'], ALL_SONGS]);
    const joined = (JSON.parse(stdout) as GroupsDocument).groups.find(({ decisions }) => decisions.length > 0);
    expect(joined).toMatchObject({ relation: 'same-recording', decisions: [{ n: 3 }] });
    expect(place.reprise('groups').stdout).toContain('the same by your decision 3');
    expect(place.reprise('info', at('tone.wav')).stdout).toContain('A person said that they are the same recording');
  });

  it('says what a word contradicts, and keeps what is called different apart', () => {
    const decide = (one: string, other: string, word: string) => place.reprise('decide', at(one), at(other), word);
    decide('other.wav', 'song.wav', 'different');
    const { status, stderr } = decide('tone.wav', 'song (copy).wav'.replace('song', 'moved/song'), 'same');
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('Decision 3 does not hold: it contradicts decisions 4 and 5.'),
    ]);
    expect(groups()).toEqual([['song (copy).wav', 'song later.wav', 'song tagged.wav', 'song.wav', 'tone.wav']]);
    expect(place.reprise('decisions', 'list').stdout).toContain('does not hold: contradicts decisions 4 and 5');
    expect(json('decided', 'decisions', 'revoke', '5')).toMatchObject({ word: 'ask', recorded: true });
    expect(place.reprise('decisions', 'revoke', at('song.wav'), at('other.wav')).status).toBe(0);
    expect(groups()).toEqual([['other.wav', 'tone.wav'], ALL_SONGS]);
  });

  it('takes a file that was never scanned, and counts once it is', () => {
    using apart = createWorkplace();
    const [one, other] = [path.join(apart.music, 'a.wav'), path.join(apart.music, 'b.wav')];
    writeWav(one, pcmOf(music(5, 12)));
    writeWav(other, pcmOf(music(6, 12)));
    const run = apart.reprise('decide', one, other, 'same');
    expect([run.status, run.stderr]).toEqual([0, expect.stringContaining('the decision counts once it is scanned')]);
    expect(names(apart.reprise('find', apart.music, '--json'))).toEqual([['a.wav', 'b.wav']]);
    // The bytes are new, so the old word is not about them.
    writeWav(other, pcmOf(music(7, 12)));
    expect(names(apart.reprise('find', apart.music, '--json'))).toEqual([]);
    const { decisions } = JSON.parse(apart.reprise('decisions', 'list', '--json').stdout) as { decisions: object[] };
    expect(decisions).toHaveLength(1);
  });

  it('refuses what cannot be decided', () => {
    writeFileSync(at('page.mp3'), '<!DOCTYPE html><html></html>\n');
    const run = (...args: string[]): [number | null, string] => {
      const { status, stderr } = place.reprise(...args);
      return [status, stderr.split('\n')[0] ?? ''];
    };
    const song = at('song.wav');
    expect(run('decide', song, at('song tagged.wav'), 'different')).toEqual([
      2,
      expect.stringContaining('the same audio'),
    ]);
    expect(run('decide', song, at('song tagged.wav'), 'same')).toEqual([0, '']);
    expect(run('decide', song, song, 'same')).toEqual([2, expect.stringContaining('one file')]);
    expect(run('decide', song, at('page.mp3'), 'same')).toEqual([6, expect.stringContaining('holds no sound')]);
    expect(run('decide', song, at('nowhere.wav'), 'same')).toEqual([4, expect.stringContaining('does not exist')]);
    expect(run('decide', song, place.music, 'same')).toEqual([2, expect.stringContaining('is a folder')]);
    expect(run('decide', song, at('tone.wav'), 'equal')).toEqual([2, 'reprise: "equal" is no decision.']);
    expect(run('decisions', 'revoke', '99')).toEqual([4, 'reprise: There is no decision 99 in force.']);
    expect(run('decisions', 'revoke', song, at('other.wav'))).toEqual([
      4,
      expect.stringContaining('Nothing is decided'),
    ]);
    expect(run('decisions', 'forget')).toEqual([2, 'reprise: "decisions" cannot "forget".']);
    expect(run('decisions', 'export')).toEqual([2, expect.stringContaining('needs more')]);
  });
});

describe('an export', { timeout: 180_000 }, () => {
  let file: string;
  const importInto = (other: Workplace, source: string) => other.reprise('decisions', 'import', source, '--json');

  beforeAll(() => {
    file = path.join(place.data, 'decisions.json');
    place.reprise('decide', at('song.wav'), at('song later.wav'), 'different');
    place.reprise('decide', at('tone.wav'), at('other.wav'), 'same');
    expect(place.reprise('decisions', 'export', file).status).toBe(0);
  });

  it('is of its published form, and overwrites nothing', () => {
    expect(json('decisions', 'decisions', 'export', '-')).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    expect(place.reprise('decisions', 'export', file).status).toBe(5);
  });

  it.each(['before', 'after'])('gives another catalogue the same groups, imported %s its first scan', (when) => {
    using other = createWorkplace();
    if (when === 'after') other.reprise('find', place.music);
    const run = importInto(other, file);
    expect(run.status, run.stderr).toBe(0);
    if (when === 'before') other.reprise('find', place.music);
    const mine = JSON.parse(place.reprise('groups', '--json').stdout) as GroupsDocument;
    const theirs = JSON.parse(other.reprise('groups', '--json').stdout) as GroupsDocument;
    expect(theirs.groups.map(({ id }) => id)).toEqual(mine.groups.map(({ id }) => id));
    expect(names({ stdout: JSON.stringify(theirs) })).toEqual([['other.wav', 'tone.wav'], EQUAL]);
    expect(JSON.parse(importInto(other, file).stdout)).toMatchObject({ added: 0, failures: [] });
  });

  it('is read from a pipe, however slow', () => {
    using other = createWorkplace();
    const script = '(sleep 0.5; cat "$0") | "$@" decisions import -';
    const args = ['-c', script, file, process.execPath, ...PRODUCT, '--data', other.data];
    const run = spawnSync('sh', args, { env: other.environment, encoding: 'utf8' });
    expect([run.stderr, run.status]).toEqual(['', 0]);
    expect(run.stdout).toMatch(/^Imported \d+ decisions: \d+ new\.\n$/);
  });

  it('that is damaged in places gives the rest, and names what it does not', () => {
    using other = createWorkplace();
    const damaged = path.join(place.data, 'damaged.json');
    const document = JSON.parse(readFileSync(file, 'utf8')) as { decisions: Record<string, unknown>[] };
    (document.decisions[0] as Record<string, unknown>)['word'] = 'perhaps';
    writeFileSync(damaged, JSON.stringify({ ...document, decisions: [...document.decisions, { song: 1 }] }));
    const run = importInto(other, damaged);
    expect([run.status, run.stderr]).toEqual([3, expect.stringContaining('Entry 1 (')]);
    const report = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(DOCUMENT_SCHEMAS['decisions-import'].safeParse(report).error).toBeUndefined();
    const { length } = document.decisions;
    expect(report).toMatchObject({
      entries: length + 1,
      added: length - 1,
      failures: [{ entry: 1 }, { entry: length + 1 }],
    });
    writeFileSync(damaged, readFileSync(file, 'utf8').slice(0, -20));
    expect(importInto(other, damaged).status).toBe(9);
    expect(importInto(other, path.join(place.data, 'nowhere.json')).status).toBe(4);
  });
});
