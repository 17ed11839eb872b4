/** Scans and the gate at once, in one daemon: neither loses, nor doubles, what the other did. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startDaemon } from '../support/daemon-process.ts';
import { music, pcmOf } from '../support/music.ts';
import { createWorkplace, runProduct } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

const TRACKS = process.env['REPRISE_LONG'] ? 200 : 20;

it(`${TRACKS} files arrive while the library is scanned again and again`, async () => {
  using place = createWorkplace();
  const at = (...names: string[]): string => path.join(path.dirname(place.data), ...names);
  for (const folder of ['inbox', 'library', 'arriving', path.join('.config', 'reprise')]) {
    mkdirSync(at(folder), { recursive: true });
  }
  // Others, so that a scan takes its time.
  const other = pcmOf(music(2, 12));
  for (let n = 0; n < 200; n++) writeWav(at('library', `${n}.wav`), other);
  writeFileSync(
    at('.config', 'reprise', 'config.toml'),
    `roots = ["${at('library')}"]
    [inboxes.downloads]
    path = "${at('inbox')}"
    library = "${at('library')}"
    place = "move"
    stableSeconds = 0.1`,
  );
  writeWav(at('song.wav'), pcmOf(music(1, 12)));
  for (let n = 1; n <= TRACKS; n++) {
    const tags = ['album=Alb', 'artist=Art', `track=${n}`, `title=Song ${n}`].flatMap((tag) => ['-metadata', tag]);
    execFileSync('ffmpeg', ['-loglevel', 'error', '-i', at('song.wav'), ...tags, at('arriving', `${n}.flac`)]);
  }
  await using daemon = await startDaemon(place);
  const judged = (): string[] =>
    daemon.log().flatMap(({ event, verdict }) => (event === 'file.judged' ? [String(verdict)] : []));
  const arriving = (async () => {
    for (const name of readdirSync(at('arriving'))) {
      renameSync(at('arriving', name), at('inbox', name));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  })();
  const codes: (number | null)[] = [];
  while (judged().length < TRACKS) codes.push((await runProduct(place, 'scan')).status);
  await arriving;
  expect(new Set(codes)).toEqual(new Set([0]));
  expect(judged()).toEqual(Array.from({ length: TRACKS }, () => 'new'));
  expect(readdirSync(at('library', 'Art', 'Alb'))).toHaveLength(TRACKS);
  expect(daemon.log().filter(({ level }) => level !== 'info')).toEqual([]);
  const last = await runProduct(place, 'scan', '--json');
  expect(JSON.parse(last.stdout)).toMatchObject({ seen: 200 + TRACKS, unchanged: 200 + TRACKS, missing: 0, moved: 0 });
}, 300_000);
