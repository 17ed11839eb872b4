// Scores: reads Standard MIDI files into events with seconds, changes what is played, and writes them back. From one
// score come a song, the song without a part, another take of it, and re-recordings with other instruments.
// Times are kept in seconds, so a written file has one tempo, of half a millisecond a tick.
// @see https://midi.org/standard-midi-files
import { normal, pick, randomOf } from './random.mjs';

const DRUMS = 9;
const NOTE_OFF = 0x80;
const NOTE_ON = 0x90;
const PROGRAM = 0xc0;
const DIVISION = 960;
const TICKS_PER_SECOND = DIVISION * 2;

/** Reads a file: `[{ seconds, bytes }]`, channel messages alone, in order of time. @throws Error when it is no MIDI. */
export function readScore(file) {
  if (file.toString('latin1', 0, 4) !== 'MThd') throw new Error('no MIDI file');
  const division = file.readUInt16BE(12);
  if (division & 0x8000) throw new Error('SMPTE time is not read');
  const tracks = tracksOf(file);
  const events = tracks.flat().sort((a, b) => a.tick - b.tick);
  let [tempo, tick, seconds] = [500_000, 0, 0];
  const timed = [];
  for (const event of events) {
    seconds += ((event.tick - tick) * tempo) / division / 1e6;
    tick = event.tick;
    if (event.tempo) tempo = event.tempo;
    else timed.push({ seconds, bytes: event.bytes });
  }
  return timed;
}

function tracksOf(file) {
  const tracks = [];
  let at = 8 + file.readUInt32BE(4);
  while (at + 8 <= file.length) {
    const size = file.readUInt32BE(at + 4);
    if (file.toString('latin1', at, at + 4) === 'MTrk') tracks.push(eventsOf(file.subarray(at + 8, at + 8 + size)));
    at += 8 + size;
  }
  return tracks;
}

function eventsOf(track) {
  const events = [];
  let [at, tick, running] = [0, 0, 0];
  const number = () => {
    let value = 0;
    for (;;) {
      const byte = track[at++] ?? 0;
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  while (at < track.length) {
    tick += number();
    // Strictly, what is no channel message ends the running status; files in the wild go on with it.
    const status = track[at] >= 0x80 ? track[at++] : running;
    if (status < 0xf0) running = status;
    if (status === 0xff) {
      const [type, size] = [track[at++], number()];
      if (type === 0x51) events.push({ tick, tempo: track.readUIntBE(at, 3) });
      at += size;
    } else if (status >= 0xf0) {
      at += number();
    } else {
      const size = (status & 0xe0) === PROGRAM ? 1 : 2;
      events.push({ tick, bytes: [status, ...track.subarray(at, at + size)] });
      at += size;
    }
  }
  return events;
}

/** The bytes of a file that plays the events. */
export function writeScore(events) {
  const bytes = [];
  let last = 0;
  const inOrder = events.toSorted((a, b) => a.seconds - b.seconds);
  for (const { seconds, bytes: message } of inOrder) {
    const tick = Math.max(last, Math.round(seconds * TICKS_PER_SECOND));
    bytes.push(...variableLength(tick - last), ...message);
    last = tick;
  }
  bytes.push(0, 0xff, 0x2f, 0);
  const head = Buffer.alloc(22);
  head.write('MThd', 0, 'latin1');
  head.writeUInt32BE(6, 4);
  head.writeUInt16BE(1, 10);
  head.writeUInt16BE(DIVISION, 12);
  head.write('MTrk', 14, 'latin1');
  head.writeUInt32BE(bytes.length, 18);
  return Buffer.concat([head, Buffer.from(bytes)]);
}

function variableLength(value) {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

const channelOf = ({ bytes }) => bytes[0] & 0x0f;
const commandOf = ({ bytes }) => bytes[0] & 0xf0;
const isNoteOn = (event) => commandOf(event) === NOTE_ON && event.bytes[2] > 0;
const isNote = (event) => commandOf(event) === NOTE_ON || commandOf(event) === NOTE_OFF;

/** From the first note on, and no longer than this: nothing that starts later, and what sounds then ends. */
export function cutScore(events, seconds) {
  const start = events.find(isNoteOn)?.seconds ?? 0;
  const kept = events
    .map((event) => ({ ...event, seconds: Math.max(0, event.seconds - start) }))
    .filter((event) => event.seconds < seconds);
  const ends = Array.from({ length: 16 }, (_, channel) => ({ seconds, bytes: [0xb0 | channel, 123, 0] }));
  return [...kept, ...ends];
}

/** The channels that play a melody, the one that plays most of it first. */
export function leads(events) {
  const played = new Map();
  for (const event of events.filter(isNoteOn)) {
    if (channelOf(event) === DRUMS) continue;
    const part = played.get(channelOf(event)) ?? { weight: 0, pitch: 0, notes: 0 };
    played.set(channelOf(event), {
      weight: part.weight + event.bytes[2],
      pitch: part.pitch + event.bytes[1],
      notes: part.notes + 1,
    });
  }
  const melodic = [...played].filter(([, { pitch, notes }]) => pitch / notes >= 55);
  return melodic.sort(([, a], [, b]) => b.weight - a.weight).map(([channel]) => channel);
}

export const hasDrums = (events) => events.some((event) => isNoteOn(event) && channelOf(event) === DRUMS);
/** How many channels play. */
export const partCount = (events) => new Set(events.filter(isNoteOn).map(channelOf)).size;

/** Without one channel's notes. */
export const without = (events, channel) => events.filter((event) => !isNote(event) || channelOf(event) !== channel);
export const withoutDrums = (events) => without(events, DRUMS);

/** The same players once more: every note a little early or late (deviation 12 ms), louder or softer. */
export function otherTake(events, seed) {
  const random = randomOf('take', seed);
  const moved = new Map(); // what a note's end moves by is what its start moved by
  return events.map((event) => {
    if (!isNote(event)) return event;
    const key = `${channelOf(event)}/${event.bytes[1]}`;
    if (!isNoteOn(event)) return { ...event, seconds: event.seconds + (moved.get(key) ?? 0) };
    const shift = Math.max(-event.seconds, 0.012 * normal(random));
    moved.set(key, shift);
    const velocity = Math.min(127, Math.max(1, Math.round(event.bytes[2] + 10 * normal(random))));
    return { seconds: event.seconds + shift, bytes: [event.bytes[0], event.bytes[1], velocity] };
  });
}

/** Sung by others: a semitone up and three per cent faster. */
export function cover(events) {
  return events.map((event) => ({
    seconds: event.seconds / 1.03,
    bytes: isNote(event) && channelOf(event) !== DRUMS ? transposed(event.bytes, 1) : event.bytes,
  }));
}

const transposed = ([status, pitch, velocity], by) => [status, Math.min(127, Math.max(0, pitch + by)), velocity];

/** Families of General MIDI that may stand in for each other in an arrangement: keys, guitars, strings, brass … */
const INSTRUMENTS = [0, 4, 11, 16, 24, 29, 40, 46, 48, 56, 61, 65, 68, 71, 73, 80, 89];

/** Arranged anew: other instruments, the lead an octave up. Drums stay. */
export function arranged(events, seed) {
  const random = randomOf('arranged', seed);
  const [lead] = leads(events);
  const programs = Array.from({ length: 16 }, () => pick(random, INSTRUMENTS));
  const first = programs.flatMap((program, channel) =>
    channel === DRUMS ? [] : [{ seconds: 0, bytes: [PROGRAM | channel, program] }],
  );
  const rest = events
    .filter((event) => commandOf(event) !== PROGRAM || channelOf(event) === DRUMS)
    .map((event) =>
      isNote(event) && channelOf(event) === lead ? { ...event, bytes: transposed(event.bytes, 12) } : event,
    );
  return [...first, ...rest];
}
