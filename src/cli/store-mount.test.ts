import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';
import { mountRequest } from './store-mount.ts';

const USUAL = { isWriteback: false, kernelOptions: [], dedupOn: 'both', quietSeconds: 10 };

describe('options of a mount', () => {
  it.each([
    [[], USUAL],
    [['ro,noatime'], { ...USUAL, kernelOptions: ['ro', 'noatime'] }],
    [
      ['writeback', 'nosuid,dedup_on=rename'],
      { ...USUAL, isWriteback: true, kernelOptions: ['nosuid'], dedupOn: 'rename' },
    ],
    [['quiet=0.5'], { ...USUAL, quietSeconds: 0.5 }],
    [['defaults,nofail,_netdev,user,x-systemd.automount,comment=radio'], USUAL],
  ])('%j are understood', (values, request) => {
    expect(mountRequest(values)).toEqual(request);
  });

  it.each(['fast', 'dedup_on=never', 'dedup_on', 'quiet=soon', 'quiet=', 'quiet=1e3', 'quiet=90000', 'writeback=1'])(
    '"%s" is told to be none',
    (word) => {
      expect(() => mountRequest(['ro', word])).toThrow(
        expect.objectContaining({ code: 'usage/bad-value', message: expect.stringContaining(`"${word}"`) }),
      );
    },
  );

  it('stand behind -o, or in it', () => {
    for (const args of [
      ['store', 'mount', '-o', 'ro', '/s', '/m'],
      ['store', 'mount', '-oro', '/s', '/m'],
      ['store', 'mount', '-qo', 'ro', '/s', '/m'],
      ['store', 'mount', '--options', 'ro', '/s', '/m'],
    ]) {
      const { options, operands } = parseArguments(args);
      expect([options.get('options'), operands]).toEqual([['ro'], ['mount', '/s', '/m']]);
    }
    expect(() => parseArguments(['store', 'mount', '/s', '/m', '-o'])).toThrow(
      expect.objectContaining({ code: 'usage/missing-value' }),
    );
  });
});
