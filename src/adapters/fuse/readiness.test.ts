import { describe, expect, it } from 'vitest';
import { canResend } from './readiness.ts';

describe('a kernel', () => {
  it.each([
    ['6.9.0', true],
    ['6.9-rc1', true],
    ['6.10.3', true],
    ['6.18.44-fc', true],
    ['7.0-rc1', true],
    ['10.0.1', true],
    ['6.8.12-generic', false],
    ['5.15.0', false],
    ['5.19.0', false],
    ['odd', false],
    ['', false],
  ])('"%s" sends again: %s', (version, is) => expect(canResend(version)).toBe(is));
});
