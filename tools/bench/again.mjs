// What a library costs when nothing is new: the second scan, the large unchanged tree, and matching.
import fs from 'node:fs';
import { interleaved, measure, medianOf, ratio } from './measure.mjs';
import { reprise, withData } from './reprise.mjs';
import { largeTree } from './sounds.mjs';

const list = (folder) => measure('find', [folder, '-printf', '%D %i %s %T@ %C@ %p\\n']);
const scan = (folder, data, options) => reprise(['scan', folder, '--json'], data, options);

/** `find` twice on the dev library. */
export async function benchSecond({ library, rounds }) {
  return withData(async (data) => {
    const first = await reprise(['find', library, '--json'], data, { workers: 2 });
    const results = await interleaved(
      { second: () => reprise(['find', library, '--json'], data, { workers: 2 }), list: () => list(library) },
      Math.max(3, rounds),
    );
    const second = medianOf(results, 'second');
    return {
      title: 'Second run',
      about:
        '`find` on the dev library, twice. Bar: the second costs at most 3 % of the first, or 1 s where that is more.',
      tables: [
        {
          head: ['', 'CPU s', 'share of the first'],
          rows: [
            ['first', first.cpu.toFixed(2), '100 %'],
            ['second', second.toFixed(2), `${((100 * second) / first.cpu).toFixed(1)} %`],
            ['`find -printf` over the same files', medianOf(results, 'list').toFixed(2), ''],
          ],
        },
      ],
    };
  });
}

/** The second scan of a large tree in which nothing changed. */
export async function benchTree({ folder, files, rounds }) {
  const tree = largeTree(files, folder);
  return withData(async (data) => {
    const first = await scan(tree, data, { workers: 2 });
    const results = await interleaved({ second: () => scan(tree, data), list: () => list(tree) }, Math.max(5, rounds));
    const { memory } = await scan(tree, data, { memory: true });
    const row = (label, name) => [
      label,
      medianOf(results, name, 'elapsed').toFixed(2),
      medianOf(results, name).toFixed(2),
    ];
    return {
      title: 'Large tree',
      about: `${files.toLocaleString('en')} different FLAC files of one second, unchanged. The second scan takes ${ratio(results, 'second', 'list', 'elapsed').toFixed(2)} × the time of \`find -printf\` and ${Math.round(memory.rss)} MiB. Bars: 3 ×, never over 10 s, 300 MB.`,
      tables: [
        {
          head: ['', 'elapsed s', 'CPU s'],
          rows: [
            ['first scan', first.elapsed.toFixed(1), first.cpu.toFixed(1)],
            row('second scan', 'second'),
            row('`find -printf`', 'list'),
          ],
        },
      ],
    };
  });
}

/** Matching of a catalogue that was scanned and not matched yet. */
export async function benchMatch({ library, rounds }) {
  return withData(async (data) => {
    const scanned = await scan(library, data, { workers: 2 });
    const fresh = `${data}-copy`;
    const copy = () => {
      fs.rmSync(fresh, { recursive: true, force: true });
      fs.cpSync(data, fresh, { recursive: true });
    };
    const results = await interleaved(
      {
        match: () => {
          copy();
          return reprise(['match', '--json'], fresh, { workers: 2 });
        },
        groups: () => reprise(['groups', '--json'], fresh, { workers: 2 }),
      },
      rounds,
    );
    fs.rmSync(fresh, { recursive: true, force: true });
    const row = (label, name) => [
      label,
      medianOf(results, name, 'elapsed').toFixed(2),
      medianOf(results, name).toFixed(2),
    ];
    return {
      title: 'Match',
      about:
        'The dev library after its scan: candidates, alignments, verdicts; then the groups from the finished catalogue.',
      tables: [
        {
          head: ['', 'elapsed s', 'CPU s'],
          rows: [
            ['scan', scanned.elapsed.toFixed(2), scanned.cpu.toFixed(2)],
            row('match', 'match'),
            row('groups', 'groups'),
          ],
        },
      ],
    };
  });
}
