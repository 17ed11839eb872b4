/** A caller who has tags and a fingerprint, made by Chromaprint's own program, and no file to show. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RemoteSound } from '#gate';
import { openGateSuite } from '../support/gate-suite.ts';
import { track } from '../support/songs.ts';

const hasFpcalc = spawnSync('fpcalc', ['-version']).error === undefined;
if (!hasFpcalc) console.warn('SKIPPED: sounds that are only described are not tried, for fpcalc is not there.');

const suite = openGateSuite(2);
let kept = '';
beforeEach(async () => {
  kept = suite.put('kept.flac', { song: 1, seconds: 40, tags: track('3/12', { disc: '1' }) });
  await suite.gate.take([kept]);
});

const prints = new Map<string, readonly [fingerprint: string, seconds: number]>();

/** What fpcalc prints of the beginning of a song in some coding. */
function printed(song: number, seconds: number, name: string): readonly [fingerprint: string, seconds: number] {
  const file = path.join(suite.studio.folder, `${song}-${seconds}-${name}`);
  const known = prints.get(file);
  if (known) return known;
  suite.studio.make(file, { song, seconds: 40, args: ['-t', String(seconds)] });
  // Debian's complains of every end of a file, and says what it has heard all the same.
  const { stdout: said } = spawnSync('fpcalc', [file], { encoding: 'utf8' });
  const [, fingerprint = ''] = /^FINGERPRINT=(.*)$/m.exec(said) ?? [];
  const print = [fingerprint, Number(/^DURATION=(.*)$/m.exec(said)?.[1])] as const;
  prints.set(file, print);
  return print;
}

/** A song as a caller describes it. */
function described(song: number, seconds: number, name: string, tags: RemoteSound['tags'] = {}): RemoteSound {
  const [fingerprint, durationSeconds] = printed(song, seconds, name);
  const where = { album: 'nights', albumArtist: 'THE BAND', disc: 1, track: 3 };
  return { tags: { ...where, ...tags }, fingerprint, durationSeconds };
}

const signal = new AbortController().signal;
const ask = (sound: RemoteSound) => suite.gate.gate.checkRemote(sound, { signal });

describe.skipIf(!hasFpcalc)('a sound that is described', () => {
  it.each(['x.flac', 'x.mp3', 'x.ogg'])('is a duplicate of a copy in its place: %s', async (name) => {
    const verdict = await ask(described(1, 40, name));
    expect(verdict).toMatchObject({ verdict: 'duplicate', of: kept, placed: null });
    expect(verdict.recording).toBe((await suite.gate.check(kept)).recording);
    expect(verdict).not.toHaveProperty('path');
    expect(verdict.reasons[0]).toContain('By its fingerprint the same recording');
  });

  it('is new with another sound, or in another place', async () => {
    const other = await ask(described(2, 40, 'x.mp3'));
    expect([other.verdict, other.of]).toEqual(['new', null]);
    expect(other.reasons[0]).toContain('another recording');
    for (const tags of [{ track: 4 }, { disc: '2/2' }, { album: 'Days' }, { albumArtist: 'Somebody' }]) {
      expect((await ask(described(1, 40, 'x.mp3', tags))).verdict).toBe('new');
    }
    expect((await ask(described(1, 40, 'x.mp3', { track: '03/12', disc: 'CD 1' }))).verdict).toBe('duplicate');
  });

  it('waits for a person where the fingerprint does not tell, or nothing says where it stands', async () => {
    const part = await ask(described(1, 20, 'x.mp3'));
    expect([part.verdict, part.of]).toEqual(['held', kept]);
    const { fingerprint, durationSeconds } = described(1, 40, 'x.mp3');
    expect((await ask({ tags: {}, fingerprint, durationSeconds })).verdict).toBe('held');
  });

  it('is refused where it is no fingerprint', async () => {
    for (const fingerprint of ['', 'nonsense!', 'AQAAA', 'A'.repeat(50_000)]) {
      await expect(ask({ ...described(1, 40, 'x.mp3'), fingerprint })).rejects.toMatchObject({
        code: 'gate/bad-fingerprint',
      });
    }
  });

  it('is no copy of what is gone, and leaves it to others to say who takes its place', async () => {
    writeFileSync(path.join(suite.place.inbox, 'something else'), '');
    rmSync(kept);
    const before = await suite.gate.told();
    expect((await ask(described(1, 40, 'x.mp3'))).verdict).toBe('new');
    expect(await suite.gate.told()).toEqual(before);
  });

  it('leaves no trace', async () => {
    await ask(described(3, 40, 'x.mp3'));
    expect((await suite.gate.gate.jobs({ most: 9 })).length).toBe(1);
    expect(await suite.gate.told()).toHaveLength(1);
  });
});
