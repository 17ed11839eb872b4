// The kinds of change as data, how a verdict is held against their truth, and the scores that hard negatives come from.
import { describe, expect, it } from 'vitest';

interface Truth {
  readonly duplicate: 'yes' | 'no' | 'open';
  readonly right: readonly string[];
  readonly found: boolean;
  readonly hard?: boolean;
}
interface Kind {
  readonly name: string;
  readonly title: string;
  readonly truth: Truth;
  readonly against?: string;
  readonly protocol?: boolean;
  readonly other?: boolean;
}
interface Event {
  readonly seconds: number;
  readonly bytes: readonly number[];
}
type Change = (events: readonly Event[], by?: unknown) => Event[];
interface Tools {
  readonly KINDS: readonly Kind[];
  readonly DUPLICATES: readonly string[];
  assess(kind: Kind, verdict: { readonly relation: string }): Record<'found' | 'missed' | 'false' | 'right', boolean>;
  readScore(file: Buffer): Event[];
  writeScore(events: readonly Event[]): Buffer;
  cutScore(events: readonly Event[], seconds: number): Event[];
  leads(events: readonly Event[]): number[];
  readonly without: Change;
  readonly withoutDrums: Change;
  readonly otherTake: Change;
  readonly cover: Change;
}

const load = (name: string): Promise<object> => import(new URL(`../../tools/accuracy/${name}`, import.meta.url).href);
const tools = Object.assign({}, ...(await Promise.all(['kinds.mjs', 'score.mjs', 'midi.mjs'].map(load)))) as Tools;
const { KINDS, DUPLICATES, assess } = tools;

const named = (name: string): Kind => KINDS.find((kind) => kind.name === name) as Kind;

describe('the table of kinds', () => {
  it('holds every name once, and points only at kinds that are there', () => {
    expect(new Set(KINDS.map(({ name }) => name)).size).toBe(KINDS.length);
    for (const { against } of KINDS) if (against) expect(named(against)).toBeDefined();
  });

  it('has the 36 kinds and the four of other recordings that peers were measured on', () => {
    expect(KINDS.filter(({ protocol }) => protocol)).toHaveLength(36);
    expect(KINDS.filter(({ other }) => other)).toHaveLength(4);
  });

  it.each(KINDS.map((kind) => [kind.name, kind.truth] as const))(
    '%s: its right relations fit its truth',
    (_, truth) => {
      const duplicates = truth.right.filter((relation) => DUPLICATES.includes(relation));
      if (truth.duplicate === 'no') expect(duplicates).toEqual([]);
      else expect(duplicates).toEqual(DUPLICATES);
      if (truth.hard) expect(truth.duplicate).toBe('no');
    },
  );
});

describe('a verdict against the truth', () => {
  const of = (kind: string, relation: string): string[] =>
    Object.entries(assess(named(kind), { relation })).flatMap(([claim, holds]) => (holds ? [claim] : []));

  it.each([
    ['mp3-128', 'same-recording', ['found', 'right']],
    ['mp3-128', 'other-edit', ['found', 'missed']],
    ['mp3-128', 'unsure', ['missed']],
    ['left', 'shared-parts', ['found', 'right']],
    ['left', 'different', ['missed']],
    ['speed+2', 'same-recording', ['found', 'false']],
    ['speed+2', 'other-speed', ['found', 'right']],
    ['no-lead', 'same-recording', ['found', 'false']],
    ['no-lead', 'different', ['missed']],
    ['unrelated', 'different', ['right']],
    ['unrelated', 'contains', ['found']],
  ])('%s called %s', (kind, relation, claims) => {
    expect(of(kind, relation)).toEqual(claims);
  });
});

describe('a score', () => {
  const DRUMS = 9;
  const note = (seconds: number, channel: number, pitch: number): Event[] => [
    { seconds, bytes: [0x90 | channel, pitch, 90] },
    { seconds: seconds + 0.25, bytes: [0x80 | channel, pitch, 0] },
  ];
  const song = [0, 1, 2, 3].flatMap((beat) => [
    ...note(beat * 0.5, 0, 40),
    ...note(beat * 0.5, 1, 72),
    ...note(beat * 0.5 + 0.1, 1, 74),
    ...note(beat * 0.5, DRUMS, 36),
  ]);
  const channels = (events: readonly Event[]): number[] =>
    [...new Set(events.map(({ bytes }) => (bytes[0] as number) & 15))].sort((a, b) => a - b);

  it('is read as it was written', () => {
    const inOrder = song.toSorted((a, b) => a.seconds - b.seconds);
    const again = tools.readScore(tools.writeScore(song));
    expect(again.map(({ bytes }) => bytes)).toEqual(inOrder.map(({ bytes }) => bytes));
    for (const [i, { seconds }] of again.entries()) expect(seconds).toBeCloseTo(inOrder[i]?.seconds ?? Number.NaN, 3);
  });

  it('follows changes of tempo and running status', () => {
    const body = [
      ...[0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20], // half a second a beat
      ...[0x60, 0x90, 60, 80, 0x60, 62, 80], // one beat each, the second without its status
      ...[0, 0xff, 0x51, 3, 0x0f, 0x42, 0x40], // a second a beat
      ...[0x60, 64, 80, 0, 0xff, 0x2f, 0],
    ];
    const head = [...Buffer.from('MThd'), 0, 0, 0, 6, 0, 1, 0, 1, 0, 0x60];
    const file = Buffer.from([...head, ...Buffer.from('MTrk'), 0, 0, 0, body.length, ...body]);
    expect(tools.readScore(file).map(({ seconds, bytes: [, pitch] }) => [seconds, pitch])).toEqual([
      [0.5, 60],
      [1, 62],
      [2, 64],
    ]);
  });

  it('starts at its first note and ends in time', () => {
    const late = song.map(({ seconds, bytes }) => ({ seconds: seconds + 7, bytes }));
    const cut = tools.cutScore(late, 1);
    expect(cut[0]?.seconds).toBe(0);
    expect(Math.max(...cut.map(({ seconds }) => seconds))).toBe(1);
  });

  it('loses a part, and that one alone', () => {
    expect(tools.leads(song)).toEqual([1]);
    expect(channels(tools.without(song, 1))).toEqual([0, DRUMS]);
    expect(channels(tools.withoutDrums(song))).toEqual([0, 1]);
  });

  it('is played again a little differently, by seed', () => {
    const take = tools.otherTake(song, 'a');
    expect(take).toEqual(tools.otherTake(song, 'a'));
    expect(take).not.toEqual(tools.otherTake(song, 'b'));
    const moved = take.map(({ seconds }, i) => Math.abs(seconds - (song[i]?.seconds ?? Number.NaN)));
    expect(Math.max(...moved)).toBeLessThan(0.06);
    expect(Math.max(...moved)).toBeGreaterThan(0.005);
  });

  it('is covered a semitone up, but for the drums', () => {
    const pitches = (events: readonly Event[]): number[] => [...new Set(events.map(({ bytes }) => bytes[1] as number))];
    expect(pitches(tools.cover(song)).sort((a, b) => a - b)).toEqual([36, 41, 73, 75]);
  });
});
