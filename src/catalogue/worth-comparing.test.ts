import { describe, expect, it } from 'vitest';
import { compressFingerprint, createFingerprinter } from '#fingerprint';
import { music, pcmOf } from '../../test/support/music.ts';
import type { PhaseFingerprints } from './model.ts';
import { worthComparing } from './worth-comparing.ts';

function printsOf(sound: Float32Array): PhaseFingerprints {
  const fingerprinter = createFingerprinter({ phases: 4 });
  fingerprinter.push(pcmOf(sound));
  return fingerprinter.finish().map((items) => compressFingerprint(items)) as unknown as PhaseFingerprints;
}

describe('sounds worth comparing', () => {
  const sounds = Array.from({ length: 12 }, (_, n) => music(400 + n, 15));
  const all = sounds.map(printsOf);
  const asking = (sound: Float32Array) => ({ fingerprint: printsOf(sound), altered: new Uint8Array() });

  it('are those that share something, wherever that begins', () => {
    for (const at of [0, 7]) {
      const later = (sounds[at] as Float32Array).subarray(5000).map((sample) => sample * 0.6);
      expect([...worthComparing(asking(later), all)]).toContain(at);
    }
  });

  it('are none of unrelated ones', () => {
    expect([...worthComparing(asking(music(500, 15)), all)]).toEqual([]);
  });

  it('are none where there are none', () => {
    expect([...worthComparing(asking(music(500, 15)), [])]).toEqual([]);
    expect([...worthComparing(asking(new Float32Array()), all)]).toEqual([]);
  });
});
