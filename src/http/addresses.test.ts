import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressSet, readAddress } from './addresses.ts';

const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
const four = octets.map((parts) => parts.join('.'));
/** With a run of zeros as often as not, so that `::` occurs in every place. */
const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })).map((value) => value.toString(16));
const six = fc
  .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.nat(8), fc.integer({ min: 1, max: 8 }), fc.boolean())
  .map(([groups, at, length, isShort]) =>
    isShort ? `${groups.slice(0, at).join(':')}::${groups.slice(at + length).join(':')}` : groups.join(':'),
  )
  .filter((text) => isIP(text) === 6);

describe('sets of addresses', () => {
  it("hold what Node's own list holds", () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ipv4' as const, 'ipv6' as const).chain((family) => {
          const address = family === 'ipv4' ? four : six;
          return fc.tuple(fc.constant(family), address, fc.nat(family === 'ipv4' ? 32 : 128), address);
        }),
        ([family, network, prefix, address]) => {
          // What came in an IPv6 coat is IPv4 to us, and both to Node.
          fc.pre(family === 'ipv4' || (readAddress(network)?.width === 128 && readAddress(address)?.width === 128));
          const list = new BlockList();
          list.addSubnet(network, prefix, family);
          expect(addressSet([`${network}/${prefix}`])(address)).toBe(list.check(address, family));
        },
      ),
    );
  });

  it('read every address that Node reads, and nothing else', () => {
    const nearly = fc.stringMatching(/^[0-9a-f:.]{1,24}$/);
    fc.assert(
      fc.property(fc.oneof(four, six, nearly), (text) => {
        expect(readAddress(text) !== undefined).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['127.0.0.0/8', '::ffff:7f00:2', true],
    ['::1', '::1', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['0.0.0.0/0', '::1', false],
    ['10.0.0.0/8', 'localhost', false],
  ])('%s and %s: %s', (entry, address, isIn) => {
    expect(addressSet([entry])(address)).toBe(isIn);
  });

  it('hold nothing where nobody is named, and not what has no address', () => {
    expect(addressSet([])('127.0.0.1')).toBe(false);
    expect(addressSet(['0.0.0.0/0'])(undefined)).toBe(false);
  });

  it.each(['localhost', '10.0.0.0/33', '::1/129', '10.0.0/8', '010.0.0.1', '', '1.2.3.4/', '1.2.3.4/8/8', '*'])(
    'refuse "%s" as a setting',
    (entry) => {
      expect(() => addressSet([entry])).toThrow(expect.objectContaining({ code: 'http/bad-address', kind: 'usage' }));
    },
  );
});
