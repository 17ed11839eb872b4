import { describe, expect, it } from 'vitest';
import { compressFingerprint, createFingerprinter } from '#fingerprint';
import { AppError, pathFromBytes } from '#kernel';
import type { Verdict } from '#matching';
import { createPortraitMeter } from '#signal';
import { contentOf } from '../../test/support/fake-workers.ts';
import { music, pcmOf } from '../../test/support/music.ts';
import { bareVerdict } from './bare-verdict.ts';
import type { ComparedFile } from './compare.ts';
import { type Content, keyOfStamp, type PhaseFingerprints } from './model.ts';
import { portrayPair } from './portray.ts';
import type { SoundWorkers } from './ports.ts';

const options = { signal: new AbortController().signal };
const EMPTY = createPortraitMeter(44_100).finish();
const CURVE = { startSeconds: 0.5, stepSeconds: 1, values: Float32Array.of(1) };

function workers(trace: SoundWorkers['trace']): Pick<SoundWorkers, 'portray' | 'trace'> {
  return { portray: async () => EMPTY, trace };
}

const noTrace = (): never => {
  throw new Error('Nobody should listen.');
};

function fingerprintOf(seed: number): PhaseFingerprints {
  const fingerprinter = createFingerprinter({ phases: 4 });
  fingerprinter.push(pcmOf(music(seed, 15)));
  return fingerprinter.finish().map((items) => compressFingerprint(items)) as unknown as PhaseFingerprints;
}

const [ONE, OTHER] = [fingerprintOf(1), fingerprintOf(2)];

/** A file with the fingerprint of real sound. */
function file(name: string, fingerprint: PhaseFingerprints = ONE): ComparedFile {
  const content = contentOf(Buffer.from(`${name}\n${'x'.repeat(40)}`), 'sha256:0', 'test');
  const sound = content.sound && { ...content.sound, fingerprint, altered: new Uint8Array() };
  const stamp = keyOfStamp({ device: 1n, inode: 1n, sizeBytes: 9, mtimeNs: 1n, ctimeNs: 1n });
  return { path: pathFromBytes(Buffer.from(`/music/${name}`)), stamp, content: { ...content, sound } };
}

const SAME: Verdict = bareVerdict('same-audio', 20, 'The audio is equal.');

describe('portrayPair', () => {
  it('measures along the verdict, and sends no fingerprints', async () => {
    let asked: unknown;
    const listening = workers(async (pair) => {
      asked = pair;
      return CURVE;
    });
    const portrait = await portrayPair(listening, file('a'), file('b'), SAME, options);
    expect(portrait.course).toMatchObject([{ fromSeconds: 0, toSeconds: 20, offsetSeconds: 0 }]);
    expect(portrait.coherence).toBe(CURVE);
    expect(Math.max(...(portrait.bitErrors?.values ?? [1]))).toBe(0);
    expect(JSON.stringify(asked)).not.toContain('fingerprint');
  });

  it('does without coherence where a sound is too long, and with no other excuse', async () => {
    const failing = (code: string) => workers(() => Promise.reject(new AppError(code, 'No.', { kind: 'unsupported' })));
    const portray = (code: string) => portrayPair(failing(code), file('a'), file('b'), SAME, options);
    expect(await portray('decode/too-long')).toMatchObject({ coherence: null, a: { portrait: EMPTY } });
    await expect(portray('files/changed')).rejects.toMatchObject({ code: 'files/changed' });
  });

  it('of a miss looks where the fingerprints hint, else nowhere', async () => {
    const miss = bareVerdict('different', null, 'Nothing agrees.');
    const hinted = await portrayPair(
      workers(async () => CURVE),
      file('a'),
      file('b'),
      miss,
      options,
    );
    expect(hinted.course).toMatchObject([{ isRough: true, fromSeconds: 0 }]);
    const blind = await portrayPair(workers(noTrace), file('a'), file('b', OTHER), miss, options);
    expect(blind).toMatchObject({ course: [], coherence: null, bitErrors: null, b: { portrait: EMPTY } });
  });

  it('draws the one that can be heard', async () => {
    const broken: Content = {
      ...file('b').content,
      sound: null,
      failure: { code: 'decode/broken', message: 'No.' },
    };
    const unsure = bareVerdict('unsure', null, 'No.');
    const portrait = await portrayPair(workers(noTrace), file('a'), { ...file('b'), content: broken }, unsure, options);
    expect(portrait).toMatchObject({ a: { portrait: EMPTY }, b: null, course: [] });
  });
});
