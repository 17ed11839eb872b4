/** The gate as scripts use it: exit codes, JSON that the schemas allow, and what a dry run leaves behind. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENT_SCHEMAS, type DocumentName } from '../../tools/document-schemas.mts';
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';
import { openStudio, type Song, type Studio, track } from '../support/songs.ts';
import { unprivileged } from '../support/unprivileged.ts';

let place: Workplace;
let studio: Studio;
const at = (name: string): string => path.join(place.music, name);
const put = (name: string, song: Song): string => studio.make(at(name), song);

beforeAll(() => {
  place = createWorkplace();
  studio = openStudio();
  put('1.mp3', { song: 1, tags: track(1), args: ['-b:a', '128k'] });
  put('2.ogg', { song: 1, tags: track(1), args: ['-b:a', '64k'] });
  put('3.flac', { song: 1, tags: track(1) });
  put('4.flac', { song: 2 });
  put('album/5.flac', { song: 3, tags: track(5) });
  writeFileSync(at('page.mp3'), '<!DOCTYPE html>');
  writeFileSync(at('album/cover.jpg'), 'a picture');
});
afterAll(() => {
  place[Symbol.dispose]();
  studio[Symbol.dispose]();
});

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** With something to read. */
function fed(input: string | Uint8Array, ...args: string[]): Ran {
  const all = [...PRODUCT, ...args, '--data', place.data];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { env: place.environment, input });
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

function lines(name: DocumentName, { stdout, stderr }: Ran): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const read = DOCUMENT_SCHEMAS[name].safeParse(JSON.parse(line));
      expect(read.error, stderr).toBeUndefined();
      return read.data as Record<string, unknown>;
    });
}

function json(name: DocumentName, ran: Ran): Record<string, unknown> {
  return DOCUMENT_SCHEMAS[name].parse(JSON.parse(ran.stdout)) as Record<string, unknown>;
}

describe('the gate by hand', { timeout: 120_000 }, () => {
  it('says in a dry run what would come of a folder, and makes nothing', () => {
    const ran = place.reprise('gate', 'import', '--dry-run', place.music, '--json');
    expect(ran.status).toBe(0);
    const said = lines('verdict', ran).map(({ path: name, verdict }) => [path.basename(String(name)), verdict]);
    expect(Object.fromEntries(said)).toEqual({
      ...{ '1.mp3': 'new', '2.ogg': 'duplicate', '3.flac': 'upgrade', '4.flac': 'held', 'page.mp3': 'unreadable' },
      ...{ '5.flac': 'new', 'cover.jpg': 'unknown' },
    });
    expect(json('gate-jobs', place.reprise('gate', 'jobs', '--json'))).toMatchObject({ jobs: [] });
    expect(existsSync(path.join(place.data, 'journal.sqlite'))).toBe(false);
    expect(json('library', place.reprise('info', '--json'))).toMatchObject({ files: 0 });
  });

  it('takes in what it is given, in that order, and tells of the job', () => {
    const ran = fed(`${at('1.mp3')}\0${at('2.ogg')}\0${at('none\n')}\0`, 'gate', 'import', '-0', '-', '--json');
    expect(ran.status).toBe(3);
    expect(lines('verdict', ran)).toMatchObject([
      { path: at('1.mp3'), verdict: 'new' },
      { path: at('2.ogg'), verdict: 'duplicate', of: at('1.mp3') },
      { path: at('none\n'), error: { code: 'gate/gone' } },
    ]);
    const { jobs } = json('gate-jobs', place.reprise('gate', 'jobs', '--json')) as { jobs: { id: string }[] };
    const [{ id } = { id: '' }] = jobs;
    expect(json('gate-job', place.reprise('gate', 'jobs', id, '--json'))).toMatchObject({
      counts: { done: 2, dead: 1 },
      files: [{ state: 'done' }, { state: 'done' }, { state: 'dead', error: { code: 'gate/gone' }, verdict: null }],
    });
    const again = json('gate-requeued', place.reprise('gate', 'jobs', id, '--requeue', '--json'));
    expect(again).toEqual({ v: 1, requeued: 1 });
    expect(place.reprise('gate', 'jobs', 'nonsense').status).toBe(4);
  });

  it.each([
    [['2.ogg'], 10],
    [['3.flac'], 12],
    [['page.mp3'], 13],
    [['4.flac'], 14],
    [['album/cover.jpg', 'album/5.flac'], 0],
    [['2.ogg', '3.flac', '4.flac', 'page.mp3', 'album/5.flac'], 13],
    [['page.mp3', 'none'], 4],
    [['album'], 2],
  ])('checks %j and ends with %i', (names, code) => {
    const ran = place.reprise('gate', 'check', ...names.map(at), '--json');
    expect(ran.status, ran.stderr).toBe(code);
    expect(lines('verdict', ran)).toHaveLength(names.length);
  });

  it('refuses an inbox that there is not, and a file that it may not read', () => {
    const nowhere = place.reprise('gate', 'check', at('1.mp3'), '--inbox', 'nowhere');
    expect([nowhere.status, nowhere.stderr]).toEqual([4, expect.stringContaining('no inbox nowhere')]);
    const home = path.dirname(place.music);
    for (const folder of [home, place.music]) chmodSync(folder, 0o755);
    const secret = put('secret.flac', { song: 4, tags: track(9) });
    chmodSync(secret, 0o000);
    const data = path.join(home, 'theirs');
    mkdirSync(data);
    chmodSync(data, 0o777);
    // A process of its own, for root may read everything.
    const args = [...PRODUCT, 'gate', 'check', secret, at('album/5.flac'), '--data', data];
    const [program, own] = unprivileged(process.execPath, args);
    const ran = spawnSync(program, own, { env: { ...place.environment, HOME: data }, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([15, expect.stringContaining('secret.flac')]);
    expect(ran.stdout).toContain('5.flac');
  });

  it('answers one who keeps it running, and admits what a person wants', () => {
    const requests = [
      { id: 1, path: at('3.flac') },
      { id: 2, op: 'import', path: at('album') },
      { id: 3, path: at('none') },
    ];
    const ran = fed(`${requests.map((request) => JSON.stringify(request)).join('\n')}\n{`, 'gate', '--stdio');
    expect(ran.status, ran.stderr).toBe(0);
    expect(lines('gate-answer', ran)).toMatchObject([
      { id: 1, verdict: 'upgrade', of: at('1.mp3') },
      { id: 2, verdict: 'new', path: at('album/5.flac') },
      { id: 3, error: {} },
      { id: null, error: { code: 'gate/bad-request' } },
    ]);
    const refused = place.reprise('gate', 'admit', at('3.flac'));
    expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining('has not been judged')]);
    expect(place.reprise('gate', 'admit', at('2.ogg'), '--json').status).toBe(0);
    expect(place.reprise('gate', 'import', at('2.ogg'), '--json').stdout).toContain('"verdict":"new"');
  });
});
