import { describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import { recognise } from './recognise.ts';

function formOf(text: string, name = 'x'): string | undefined {
  const form = recognise(`/d/${name}` as BytePath, new TextEncoder().encode(text));
  return form && `${form.tool} ${form.kind}`;
}

describe('a file of another program', () => {
  it.each([
    ['{"path":"/a","duration":2,"fingerprint":[1,2,3', 'cometa fingerprints'],
    ['{"path":"/a","chp_duration":2,"chp_fingerprint":[1]}\n', 'cometa fingerprints'],
    ['{"a":"/a","b":"/b","corr":0.5,"method":"mpz"}\n', 'cometa correlations'],
    ['["/a, \\"[]\\"","/b",0.5,-3]\n', 'cometa correlations'],
    ['\ufeff{ "a": "/a", "b": "/b", "corr": 1 }\r\n', 'cometa correlations'],
    ['broken\n{"a":"/a","b":"/b","corr":0.5}\n', 'cometa correlations'],
    ['FILE=/a\nDURATION=3\nFINGERPRINT=1,2\n', 'fpcalc fingerprints'],
    ['{"duration": 3.5, "fingerprint": "AQAAA"}', 'fpcalc fingerprints'],
    ['[x]\nmusic_data_dir = /d\n', 'cometa profiles'],
    ['# mine\n[Песни]\nMusic_Dir_0: /a\n', 'cometa profiles'],
  ])('is known by its content: %j', (text, form) => {
    expect(formOf(text)).toBe(form);
  });

  it.each([
    '',
    'some text\n',
    '[.ShellClassInfo]\nIcon=3\n',
    '"/a"\n',
    '{"batch_size":3}\n',
    '{"path":"/\\"fingerprint\\":"}',
    '["a","b"]\n',
  ])('is not known: %j', (text) => {
    expect(formOf(text)).toBeUndefined();
  });

  it('is known by its name where its content is damaged', () => {
    expect(formOf('{"pa', 'fingerprints.jsonl')).toBe('cometa fingerprints');
    expect(formOf('', 'correlations_all_0001.jsonl')).toBe('cometa correlations');
    expect(formOf('nothing', 'a.mp3.fpcalc')).toBe('fpcalc fingerprints');
    expect(formOf('FINGERPRINT=1', 'fingerprints.jsonl')).toBe('fpcalc fingerprints');
  });
});
