/** Right files with bytes of them changed, cut and doubled: every line is a record or is named, and nothing throws. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import type { StampKey } from '../model.ts';
import { cometaProfiles } from './cometa-profiles.ts';
import { importData } from './import-data.ts';
import { linesOf } from './lines.ts';
import { readPythonIni } from './python-ini.ts';
import { recognise } from './recognise.ts';

const RIGHT = [
  '{"path":"/m/é \\"a\\"\\udcff","duration":3,"fingerprint":[1,2,4294967295]}\n{"path":"/m/b","chp_duration":3,"chp_fingerprint":[7]}\r\n',
  '{"a":"/m/a","b":"/m/b","corr":0.5,"method":"mpz"}\n["/m/a","/m/c",0.75,-3]\n{"a":"/m/b","b":"/m/c","corr":NaN}\n',
  'FILE=/m/a\nDURATION=3\nFINGERPRINT=1,2,-3\n',
  '{"duration": 3.5, "fingerprint": "AQAAAA"}',
  '[Песни]\nmusic_data_dir = /d%%\nmusic_dir_0: %(music_data_dir)s/x\n  deeper\n[DEFAULT]\n# c\nthreshold=0.5\n',
].map((text) => new TextEncoder().encode(text));

const step = fc.record({
  at: fc.nat(200),
  kind: fc.constantFrom('change', 'cut', 'double', 'insert'),
  byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('{}[]",:%\\\n\0='))),
});
const damaged = fc.tuple(fc.constantFrom(...RIGHT), fc.array(step, { maxLength: 6 })).map(([bytes, steps]) => {
  let list = [...bytes];
  for (const { at, kind, byte } of steps) {
    const place = at % (list.length + 1);
    if (kind === 'change') list[place] = byte;
    else if (kind === 'cut') list = list.slice(0, place);
    else list.splice(place, 0, ...(kind === 'insert' ? [byte] : list.slice(place)));
  }
  return Uint8Array.from(list);
});
const block = fc.integer({ min: 1, max: 50 });

it('reads whatever there is', async () => {
  await fc.assert(
    fc.asyncProperty(damaged, block, async (bytes, size) => {
      const blocks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.slice(n * size, (n + 1) * size),
      );
      const path = '/d/x.fpcalc' as BytePath;
      const form = recognise(path, bytes) ?? { tool: 'cometa', kind: 'fingerprints' };
      if (form.kind === 'profiles') {
        const lines = [...linesOf(blocks)].flat();
        const { sections, troubles } = readPythonIni(lines);
        expect(cometaProfiles(sections).length + troubles.length).toBeLessThanOrEqual(lines.length);
        return;
      }
      const named: number[] = [];
      const kept = await importData(
        { path, form, stamp: '' as StampKey, blocks },
        {
          signal: new AbortController().signal,
          take: async ({ fingerprints, correlations }) => fingerprints.length + correlations.length,
          onDamage: (line, why) => {
            named.push(line);
            expect(why).toMatch(/^(it|item|neither) ?/);
          },
          onLines: () => {},
        },
      );
      expect(kept.kept + kept.damaged).toBe(kept.lines);
      expect(named).toHaveLength(kept.damaged);
    }),
    { numRuns: 2000 },
  );
});
