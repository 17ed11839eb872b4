import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addProfiles, isProfileName, nearestProfileName, type WantedProfile } from './index.ts';

const base = { folder: '/etc', homeFolder: '/people/ann' };
const wish = (name: string, ...roots: string[]): WantedProfile => ({
  name,
  roots,
  origin: `The collection "${name}".`,
});
const add = (text: string | undefined, ...wanted: WantedProfile[]) =>
  addProfiles({ path: '/etc/c.toml', text, base }, wanted);
const outcomes = async (text: string, ...wanted: WantedProfile[]): Promise<string[]> =>
  (await add(text, ...wanted)).placed.map(({ name, outcome }) => `${name} ${outcome}`);

describe('adding profiles', () => {
  it('leaves all that the file says, and is done once', async () => {
    const root = fc.string({ unit: fc.constantFrom('a', 'é', '/', '.', '"', '\\', ' ') }).map((text) => `/${text}`);
    const wishes = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.array(root, { maxLength: 3 })), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(wishes, async (list) => {
        const wanted = list.map(([name, roots]) => wish(name, ...roots));
        const text = '# mine\nworkers = 2\n[profiles.old]\nroots = ["/x"]\n\n\n';
        const once = await add(text, ...wanted);
        expect(once.text.startsWith('# mine\nworkers = 2\n[profiles.old]\nroots = ["/x"]\n')).toBe(true);
        for (const { name } of once.placed) expect(name).toSatisfy(isProfileName);
        expect(new Set(once.placed.map(({ name }) => name)).size).toBe(wanted.length);
        const again = await add(once.text, ...wanted);
        expect([again.addition, again.text]).toEqual(['', once.text]);
      }),
      { numRuns: 60 },
    );
  });

  it('writes a section that says where it comes from', async () => {
    const { addition } = await add('', wish('My "music"\n', '/a b', '/é'), wish('v1.5', '/c'));
    expect(addition).toBe(
      '\n# The collection "My "music"\\n".\n[profiles.My-music]\nroots = ["/a b", "/é"]\n' +
        '\n# The collection "v1.5".\n[profiles."v1.5"]\nroots = ["/c"]\n',
    );
  });

  it('starts a file where there is none', async () => {
    const { text } = await add(undefined, wish('x', '/a'));
    expect(text).toContain('# Settings of Reprise.');
    expect(text.endsWith('[profiles.x]\nroots = ["/a"]\n')).toBe(true);
  });

  it('never changes what is there', async () => {
    const text = '[profiles.x]\nroots = ["/a"]\n[profiles.y]\nworkers = 1\n';
    const found = await outcomes(text, wish('x', '/a'), wish('x', '/b'), wish('y', '/a'), wish('z'));
    expect(found).toEqual(['x known', 'x-2 added', 'y kept', 'z empty']);
    expect(await outcomes('[profiles.x]\nroots = ["/b"]\n', wish('x', '/a'))).toEqual(['x kept']);
  });

  it('refuses a file at whose end nothing can be added', async () => {
    await expect(add('profiles = { x = { roots = ["/a"] } }\n', wish('y', '/b'))).rejects.toMatchObject({
      code: 'config/no-room-for-profiles',
      kind: 'conflict',
    });
  });
});

describe('the nearest name', () => {
  it.each([
    ['music', 'music'],
    ['MUSIC COLLECTION', 'MUSIC-COLLECTION'],
    ['Crème & brûlée!', 'Creme-brulee'],
    ['../up', 'up'],
    ['Песни', undefined],
    ['', undefined],
  ])('to %j is %j', (text, name) => {
    expect(nearestProfileName(text)).toBe(name);
  });
});
