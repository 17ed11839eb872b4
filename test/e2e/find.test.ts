/** The main job on real files, as a person runs it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GroupsDocument } from '#review';
import { cut, mixed, music, noise, pcmOf } from '../support/music.ts';
import { createWorkplace, fillWithMusic, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

/** Every name below a folder with its bytes and times. */
function tree(folder: string): string[] {
  return readdirSync(folder).map((name) => {
    const file = path.join(folder, name);
    const { mtimeNs, ino, mode } = statSync(file, { bigint: true });
    const bytes = statSync(file).isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : '';
    return [name, mtimeNs, ino, mode, bytes].join(' ');
  });
}

describe('find', () => {
  let place: Workplace;
  let before: string[];
  let first: GroupsDocument;
  const json = (...args: string[]): unknown => JSON.parse(place.reprise(...args, '--json').stdout);
  const names = (document: GroupsDocument): string[][] =>
    document.groups.map(({ files }) => files.map((file) => path.basename(file.path)).sort());

  beforeAll(() => {
    place = createWorkplace();
    fillWithMusic(place.music);
    spawnSync('mkfifo', [path.join(place.music, 'pipe.mp3')]);
    before = tree(place.music);
    const run = place.reprise('find', place.music, '--json');
    expect(run.status, run.stderr).toBe(3);
    first = JSON.parse(run.stdout) as GroupsDocument;
  });
  afterAll(() => place[Symbol.dispose]());

  it('finds one recording by bytes, by audio and by sound, and nothing else', () => {
    expect(names(first)).toEqual([['song (copy).wav', 'song later.wav', 'song tagged.wav', 'song.wav']]);
    const [group] = first.groups;
    expect(group?.relation).toBe('same-recording');
    const later = group?.files.find((file) => file.path.endsWith('song later.wav'));
    expect(Math.abs(later?.offsetSeconds ?? 0)).toBeCloseTo(0.437, 1);
    expect(new Set(group?.files.map((file) => file.audioHash)).size).toBe(2);
    expect(first.expectedFalseGroups).toBeGreaterThan(0);
    expect(first.expectedFalseGroups).toBeLessThan(0.001);
  });

  it('names what is no sound and goes on', () => {
    expect(first.failures.map(({ path: file, code }) => [path.basename(file), code])).toEqual([
      ['page.mp3', 'decode/not-audio'],
    ]);
  });

  it('changes nothing in the folder', () => {
    expect(tree(place.music)).toEqual(before);
  });

  it('says the same again, without reading anything', () => {
    const again = place.reprise('find', place.music, '-v');
    expect(again.stderr).toContain('unchanged and not read again');
    expect(json('find', place.music)).toEqual(first);
    expect(json('groups')).toEqual(first);
  });

  it('exports every compared pair, the same in each form', async () => {
    const lines = place.reprise('match', '--export', '-').stdout.trimEnd().split('\n');
    const pairs = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(pairs.map(({ relation }) => relation)).toContain('same-recording');
    const [parquet, csv] = ['pairs.parquet', 'pairs.csv'].map((name) => path.join(place.data, name)) as [
      string,
      string,
    ];
    for (const file of [parquet, csv]) expect(place.reprise('match', '--export', file).status).toBe(0);
    const rows = await parquetReadObjects({ file: new Uint8Array(readFileSync(parquet)).buffer });
    expect(rows.map(({ aPathBase64: _a, bPathBase64: _b, ...row }) => ({ v: 1, ...row }))).toEqual(pairs);
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(pairs.length + 2);
  });

  it('ends with 11 where that was asked for and nothing failed', () => {
    const folder = path.join(place.music, 'song.wav');
    expect(place.reprise('groups', '--fail-on-found', '--under', folder).status).toBe(0);
    rmSync(path.join(place.music, 'page.mp3'));
    expect(place.reprise('find', place.music, '--fail-on-found').status).toBe(11);
  });

  it('does again exactly what changed', () => {
    const at = (name: string): string => path.join(place.music, name);
    const [device, inode] = [statSync(at('other.wav')).dev, statSync(at('other.wav')).ino];
    writeWav(at('new.wav'), pcmOf(music(7, 12)));
    writeWav(at('tone.wav'), pcmOf(music(8, 12)));
    renameSync(at('other.wav'), at('renamed.wav'));
    rmSync(at('tone again.wav'));
    utimesSync(at('song.wav'), 1, 1);
    const report = json('scan', place.music) as Record<string, number>;
    const { seen, unchanged, missing, failed } = report;
    expect({ seen, new: report['new'], changed: report['changed'], missing, failed }).toEqual({
      ...{ seen: 7, new: 1, changed: 2, missing: 1, failed: 0 },
    });
    expect((unchanged ?? 0) + (report['moved'] ?? 0)).toBe(4);
    // The touched song was read, found equal and not decoded.
    expect(report['audioSeconds']).toBeCloseTo(24, 0);
    expect([statSync(at('renamed.wav')).dev, statSync(at('renamed.wav')).ino]).toEqual([device, inode]);
  });

  it('judges no file that was overwritten since it was scanned', () => {
    using apart = createWorkplace();
    const at = (name: string): string => path.join(apart.music, name);
    writeWav(at('a.wav'), pcmOf(music(1, 16)));
    // It stops early, so that its sketch alone does not tell.
    writeWav(at('b.wav'), pcmOf(cut(mixed(music(1, 16), noise(3, 16, 20)), 0, 12.5)));
    apart.reprise('scan', apart.music);
    renameSync(at('b.wav'), path.join(apart.data, 'b.wav'));
    writeWav(at('b.wav'), pcmOf(music(2, 16)));
    expect(apart.reprise('match', '--json').stdout).toContain('files/changed');
    renameSync(path.join(apart.data, 'b.wav'), at('b.wav'));
    const found = JSON.parse(apart.reprise('find', apart.music, '--json').stdout) as GroupsDocument;
    expect(names(found)).toEqual([['a.wav', 'b.wav']]);
  });

  it('stops where the folder is empty that was full, and forgets nothing', () => {
    const away = path.join(path.dirname(place.music), 'away');
    renameSync(place.music, away);
    const gone = place.reprise('find', place.music);
    expect([gone.status, gone.stderr]).toEqual([4, expect.stringContaining('does not exist')]);
    spawnSync('mkdir', [place.music]);
    const empty = place.reprise('scan', place.music);
    expect([empty.status, empty.stderr]).toEqual([5, expect.stringContaining('nothing was marked missing')]);
    rmSync(place.music, { recursive: true });
    renameSync(away, place.music);
    expect((json('scan', place.music) as Record<string, number>)['missing']).toBe(0);
  });
});
