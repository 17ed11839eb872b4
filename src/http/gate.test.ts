/** The routes before the real gate: real sounds, decoders, catalogue and files, over a real socket. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { type House, openHouse } from '../../test/support/http.ts';
import { music, pcmOf } from '../../test/support/music.ts';
import { inboxAt, openRealGate, type RealGate } from '../../test/support/real-gate.ts';
import { writeWav } from '../../test/support/wav.ts';

const has = (program: string): boolean => spawnSync(program, ['-version']).error === undefined;
const hasAll = has('ffmpeg') && has('fpcalc');
const title = 'the gate over HTTP';

describe.skipIf(!hasAll)(hasAll ? title : `${title} (skipped: ffmpeg or fpcalc is not installed)`, () => {
  let house: House;
  let real: RealGate;
  const at = (name: string): string => join(house.root, 'inbox', name);
  const placed = (name: string): string => join(house.root, 'library', name);

  beforeAll(async () => {
    house = await openHouse({
      parts: async ({ root, data }) => {
        const inbox = `${root}/inbox` as BytePath;
        const library = `${root}/library` as BytePath;
        const way = { place: 'copy', library, template: '{album}/{track} {title}' } as const;
        real = await openRealGate({
          data,
          roots: [],
          inboxes: [inboxAt(inbox, way), inboxAt(`${root}/kept` as BytePath, { name: 'kept' })],
        });
        const compat = { inbox: 'downloads', folder: inbox, allowFrom: ['127.0.0.1'] };
        return { gate: real.gate, compat };
      },
    });
  });
  afterAll(async () => {
    await house[Symbol.asyncDispose]();
    await real[Symbol.asyncDispose]();
  });

  /** A sound of this seed in the inbox. */
  function sound(name: string, seed: number, tags: Readonly<Record<string, string>>): string {
    const wav = join(house.root, 'sound.wav');
    writeWav(wav, pcmOf(music(seed, 20)));
    const said = Object.entries(tags).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', wav, ...said, at(name)]);
    rmSync(wav);
    return at(name);
  }
  const song = (seed: number, track: string): Readonly<Record<string, string>> => ({
    ...{
      title: `Song ${seed}`,
      artist: 'Artist',
      album: 'Album',
      album_artist: 'Artist',
      track,
      isrc: `XX00000000${seed}`,
    },
  });
  const post = async (path: string, json: unknown): Promise<Record<string, unknown>> => {
    const answer = await house.ask(path, { json });
    expect(answer.status, JSON.stringify(json)).toBeLessThan(300);
    return (await answer.json()) as Record<string, unknown>;
  };
  const get = async (path: string): Promise<unknown> => (await house.ask(path)).json();

  it('checks without a trace, imports, places, and knows a copy', async () => {
    const one = sound('one.flac', 1, song(1, '1/3'));
    expect(await post('/api/v1/check', { path: one })).toMatchObject({ v: 1, path: one, verdict: 'new', placed: null });
    expect(await get('/api/v1/jobs')).toEqual({ v: 1, jobs: [] });
    const job = await post('/api/v1/import?wait=60', { path: one, source: 'tidal:1' });
    const release = { album: 'Album', albumArtist: 'Artist', disc: null, track: 1 };
    const verdict = { path: one, verdict: 'new', release, placed: placed('Album/01 Song 1.flac') };
    expect(job).toMatchObject({
      v: 1,
      lane: 'live',
      counts: { done: 1 },
      files: [{ path: one, state: 'done', error: null }],
    });
    expect(job).toMatchObject({
      files: [{ verdict: { ...verdict, release } }],
    });
    expect(existsSync(placed('Album/01 Song 1.flac'))).toBe(true);
    const copy = sound('copy.flac', 1, song(1, '1'));
    expect(await post('/api/v1/check', { path: copy })).toMatchObject({
      ...{ verdict: 'exact', of: placed('Album/01 Song 1.flac') },
    });
    for (const question of ['source=tidal:1', `isrc=${song(1, '')['isrc']}`]) {
      expect(await get(`/api/v1/known?${question}`)).toMatchObject({ files: [{ isAdmitted: true, verdict: 'new' }] });
    }
    expect(await get('/api/v1/known?source=tidal:2')).toEqual({ v: 1, files: [] });
  });

  it('judges a sound that it is only told of', async () => {
    // Debian's fpcalc complains of the end of some files after it has printed all.
    const { stdout } = spawnSync('fpcalc', ['-json', at('one.flac')], { encoding: 'utf8' });
    const { fingerprint, duration } = JSON.parse(stdout) as { fingerprint: string; duration: number };
    const tags = { album: 'Album', albumArtist: 'ARTIST', track: '1/3' };
    const question = { tags, fingerprint, durationSeconds: duration };
    expect(await post('/api/v1/check', question)).toMatchObject({ path: null, verdict: 'duplicate', placed: null });
    expect(await post('/api/v1/check', { ...question, tags: { ...tags, track: 2 } })).toMatchObject({ verdict: 'new' });
    for (const wrong of ['', 'AQAA', 'no fingerprint', 'A'.repeat(1000)]) {
      expect((await house.ask('/api/v1/check', { json: { ...question, fingerprint: wrong } })).status).toBe(400);
    }
  });

  it('lets no bad file fail a batch', async () => {
    writeFileSync(at('broken.flac'), 'fLaC and then nothing');
    writeFileSync(at('cover.jpg'), 'no picture');
    const files = [at('broken.flac'), at('cover.jpg'), sound('two.flac', 2, song(2, '2'))].map((path) => ({ path }));
    const job = (await post('/api/v1/import?wait=60', { files })) as { files: { verdict: { verdict: string } }[] };
    expect(job.files.map(({ verdict }) => verdict.verdict)).toEqual(['unreadable', 'unknown', 'new']);
  });

  it('tells all that has happened to whoever asks later', async () => {
    const gone = new AbortController();
    const answer = await house.ask('/api/v1/events?after=0', { signal: gone.signal });
    let text = '';
    for await (const piece of answer.body ?? []) {
      text += Buffer.from(piece).toString('utf8');
      if ((text.match(/^data: /gm) ?? []).length >= 4) break;
    }
    gone.abort();
    const told = [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as { data: { path: string } },
    );
    expect(told.map(({ data }) => data.path)).toEqual([
      at('one.flac'),
      at('broken.flac'),
      at('cover.jpg'),
      at('two.flac'),
    ]);
  });

  it('admits what was held against the gate', async () => {
    const untagged = sound('untagged.flac', 3, { title: 'Nobody' });
    expect(await post('/api/v1/import?wait=60', { path: untagged })).toMatchObject({
      files: [{ verdict: { verdict: 'held' } }],
    });
    expect(await post('/api/v1/admit?wait=60', { path: untagged })).toMatchObject({ counts: { done: 1 } });
    expect(await post('/api/v1/import?wait=60', { path: untagged })).toMatchObject({
      files: [{ verdict: { verdict: 'new' } }],
    });
    const other = sound('other.flac', 4, { title: 'Never seen' });
    expect((await house.ask('/api/v1/admit', { json: { path: other } })).status).toBe(404);
  });

  it('follows Lidarr, who renames, and tgmount, who counts', async () => {
    mkdirSync(join(house.root, 'kept'), { recursive: true });
    const brought = sound('../kept/lidarr.flac', 5, song(5, '5'));
    const download = { eventType: 'Download', trackFiles: [{ id: 1, path: brought }] };
    const { job } = (await post('/api/v1/hooks/lidarr', download)) as { job: { id: string } };
    expect(await finished(job.id)).toMatchObject({ askedBy: 'lidarr admin', files: [{ verdict: { verdict: 'new' } }] });
    const now = join(house.root, 'kept', 'renamed.flac');
    renameSync(brought, now);
    const rename = { eventType: 'Rename', renamedTrackFiles: [{ id: 1, path: now, previousPath: brought }] };
    const { job: again } = (await post('/api/v1/hooks/lidarr', rename)) as { job: { id: string } };
    expect(await finished(again.id)).toMatchObject({ files: [{ path: now, verdict: { verdict: 'new' } }] });
    const answer = await house.ask('/api/v1/tgmount_add_to_dedup_queue', { as: null, json: { fname: 'copy.flac' } });
    const { queue_id: n } = (await answer.json()) as { queue_id: number };
    const { jobs } = (await get('/api/v1/jobs?most=1')) as { jobs: { n: number; id: string }[] };
    expect(jobs[0]?.n).toBe(n);
    expect(await finished(jobs[0]?.id ?? '')).toMatchObject({ files: [{ verdict: { verdict: 'exact' } }] });
  });

  async function finished(id: string): Promise<unknown> {
    for (;;) {
      const job = (await get(`/api/v1/jobs/${id}`)) as { counts: { queued: number; leased: number } };
      if (job.counts.queued + job.counts.leased === 0) return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('does once what comes twice with one key, at once', async () => {
    const asked = { json: { path: at('two.flac') }, headers: { 'Idempotency-Key': 'k' } };
    const answers = await Promise.all([1, 2, 3, 4].map(() => house.ask('/api/v1/import', asked)));
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id));
    expect(new Set(ids).size).toBe(1);
  });

  it('counts what it decided, and has nothing to requeue', async () => {
    const text = await (await house.ask('/metrics')).text();
    expect(text).toContain('reprise_gate_verdicts_total{verdict="unreadable"} 1');
    expect(text).toMatch(/reprise_gate_verdicts_total\{verdict="new"\} [1-9]/);
    expect(text).toContain('reprise_gate_queue_files{state="queued"} 0');
    expect(await post('/api/v1/jobs/requeue', {})).toEqual({ v: 1, requeued: 0 });
    expect((await house.ask('/api/v1/jobs/nothing/requeue', { method: 'POST' })).status).toBe(404);
  });

  it('opens nothing in a folder but its regular files', async () => {
    const folder = at('album');
    mkdirSync(folder);
    sound('album/real.flac', 6, song(6, '6'));
    writeFileSync(join(house.outside, 'secret.flac'), 'secret');
    symlinkSync(join(house.outside, 'secret.flac'), join(folder, 'link.flac'));
    symlinkSync(house.outside, join(folder, 'way-out'));
    execFileSync('mkfifo', [join(folder, 'pipe.flac')]);
    const job = (await post('/api/v1/import?wait=60', { path: folder })) as { files: { path: string }[] };
    expect(job.files.map(({ path }) => path)).toEqual([join(folder, 'real.flac')]);
  });

  it('names an inbox that there is not', async () => {
    const answer = await house.ask('/api/v1/check', { json: { path: at('two.flac'), inbox: 'nowhere' } });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'gate/no-inbox' });
  });
});
