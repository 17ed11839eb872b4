// The kinds of change, as data: how a variant is made from an original, and what is true of the pair. Every row of the
// public measurements that the project started from is here, with others beside them. docs/design/accuracy.md says why
// the truth of each is what it is where the vocabulary leaves room.
//
// A change is one FFmpeg filter chain (`filter`) or a graph of several inputs (`graph`; [0] is the original, [1] … are
// strangers), then the codecs it passes through, of which the last is the file's. `against` names the kind whose
// variant takes the original's place.

/** Relations that make two files duplicates. */
export const DUPLICATES = ['same-bytes', 'same-audio', 'same-recording'];
const APART = ['different', 'unsure'];

/** What is true of a pair. `duplicate`: 'yes', 'no', or 'open' where the vocabulary leaves room; nothing then counts as false. */
const same = { duplicate: 'yes', right: DUPLICATES, found: true };
const open = (...relations) => ({ duplicate: 'open', right: [...DUPLICATES, ...relations], found: true });
const related = (...right) => ({ duplicate: 'no', right, found: true });
const hard = (...right) => ({ ...related(...right), hard: true });
const strangers = { duplicate: 'no', right: APART, found: false, hard: true };
/** A change for which the vocabulary has no word, or which nobody asks to be found: it must not be a duplicate. */
const unnamed = (...right) => ({ duplicate: 'no', right: [...right, ...APART], found: false });

const codec = (name, title, ...codecs) => ({ name, title, truth: same, codecs, protocol: true });
const change = (name, title, filter, more = {}) => ({ name, title, truth: same, filter, codecs: ['flac'], ...more });

const at = (seconds) => seconds.toFixed(3);
const RATE = 44_100;
const asSpeed = (percent) => `asetrate=${Math.round(RATE * (1 + percent / 100))},aresample=${RATE}`;
const spelled = (percent) => `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
const speed = (percent, truth) =>
  change(`speed${percent > 0 ? '+' : ''}${percent}`, `speed ${spelled(percent)}`, asSpeed(percent), {
    truth,
    codecs: ['mp3-V2'],
  });

/** Half of the 1365 samples at 11,025 Hz by which fingerprints advance. */
const HALF_HOP_SAMPLES = Math.round((1365 / 2 / 11_025) * RATE);
/** The first of these is above the noise in question by this many dB; the noise generator is uniform in ±amplitude. */
const noiseBelow =
  (decibels) =>
  ({ rms, seconds, seed }) => {
    const amplitude = 10 ** ((rms - decibels) / 20) * Math.sqrt(3);
    const noise = `anoisesrc=r=${RATE}:d=${at(seconds)}:a=${amplitude.toFixed(6)}:seed=${seed},aformat=channel_layouts=stereo`;
    return `${noise}[n];[0][n]amix=inputs=2:normalize=0:duration=first,volume=-1dB`;
  };
const mixedUnder =
  (decibels) =>
  ({ rms, others: [other], seconds }) =>
    `[1]volume=${(rms - decibels - other.rms).toFixed(2)}dB,aloop=-1:2e9,atrim=end=${at(seconds)}[o];` +
    '[0][o]amix=inputs=2:normalize=0:duration=first,volume=-3dB';

const COMPAND = 'compand=attacks=0.01:decays=0.3:soft-knee=6:points=-90/-90|-50/-38|-30/-20|-12/-9|0/-5';
const REMASTER = [
  'equalizer=f=90:t=q:w=0.8:g=3.5',
  'equalizer=f=450:t=q:w=1:g=-2.5',
  'treble=f=7000:g=4',
  COMPAND,
  'volume=5dB',
  'alimiter=limit=0.97:level=disabled:attack=3:release=60',
].join(',');
const SMILE = 'equalizer=f=80:t=o:w=2:g=6,equalizer=f=1000:t=o:w=2:g=-6,equalizer=f=10000:t=o:w=2:g=6,volume=-5dB';

/** Other tracks of so many seconds before and after, the last and first six of them mixed with the music. */
const crossfaded = (seconds) => () =>
  `[1]atrim=end=${seconds},asetpts=PTS-STARTPTS[h];[2]atrim=end=${seconds},asetpts=PTS-STARTPTS[t];` +
  '[h][0]acrossfade=d=6:c1=tri:c2=tri[m];[m][t]acrossfade=d=6:c1=tri:c2=tri';
/** Stretches of the inputs in a row: `[input, start, end]`, in seconds. */
const inARow = (...stretches) => {
  const parts = stretches.map(
    ([input, start, end], i) => `[${input}]atrim=${at(start)}:${at(end)},asetpts=PTS-STARTPTS[p${i}]`,
  );
  const order = stretches.map((_, i) => `[p${i}]`).join('');
  return `${parts.join(';')};${order}concat=n=${stretches.length}:v=0:a=1`;
};

const CODECS = [
  codec('mp3-320', 'MP3 320', 'mp3-320'),
  codec('mp3-V0', 'MP3 V0', 'mp3-V0'),
  codec('mp3-128', 'MP3 128', 'mp3-128'),
  codec('mp3-64', 'MP3 64', 'mp3-64'),
  codec('aac-128', 'AAC 128', 'aac-128'),
  codec('opus-96', 'Opus 96', 'opus-96'),
  codec('opus-32', 'Opus 32', 'opus-32'),
  codec('vorbis-q3', 'Vorbis q3', 'vorbis-q3'),
  codec('mp3-128-opus-64', 'MP3 128 then Opus 64', 'mp3-128', 'opus-64'),
  { ...codec('mp3-vs-opus', 'MP3 128 against Opus 96', 'opus-96'), against: 'mp3-128' },
];

const LEVELS_AND_CHANNELS = [
  change('mono', 'downmix to mono', 'pan=mono|c0=0.5*c0+0.5*c1', { protocol: true }),
  change('gain', 'gain −6 dB', 'volume=-6dB', { protocol: true }),
  change('polarity', 'polarity inverted', 'aeval=-val(0)|-val(1):c=same', { protocol: true }),
  change('resample', 'resampled to 48 kHz', 'aresample=48000', { protocol: true }),
  change('clip', '+6 dB, hard clipped', ({ peak }) => `volume=${(6 - peak).toFixed(2)}dB`, { protocol: true }),
  change('compressor', 'compressor', COMPAND, { protocol: true, codecs: ['mp3-V2'] }),
  change('left', 'left channel only', 'pan=mono|c0=c0', { protocol: true, truth: open('shared-parts') }),
  change('right', 'right channel only', 'pan=mono|c0=c1', { truth: open('shared-parts') }),
  {
    name: 'noise-20',
    title: 'white noise, SNR 20 dB',
    truth: same,
    graph: noiseBelow(20),
    codecs: ['mp3-V2'],
    protocol: true,
  },
  {
    name: 'noise-10',
    title: 'white noise, SNR 10 dB',
    truth: same,
    graph: noiseBelow(10),
    codecs: ['mp3-V2'],
    protocol: true,
  },
];

const ENDS = [
  change('half', 'truncated to half', ({ seconds }) => `atrim=end=${at(seconds / 2)}`, { protocol: true }),
  change('fades', '8 s fade in and out', ({ seconds }) => `afade=t=in:d=8,afade=t=out:st=${at(seconds - 8)}:d=8`, {
    protocol: true,
    codecs: ['mp3-V2'],
  }),
  change('lead-0.5', '0.5 s of silence before', 'adelay=500:all=1', { protocol: true }),
  change('lead-3', '3 s of silence before', 'adelay=3000:all=1', { protocol: true, codecs: ['mp3-V2'] }),
  change('lead-20', '20 s of silence before', 'adelay=20000:all=1', { protocol: true, codecs: ['mp3-V2'] }),
  change('trim-0.5', '0.5 s cut off the head', 'atrim=start=0.5', { protocol: true }),
  change('trim-3', '3 s cut off the head', 'atrim=start=3', { protocol: true }),
  change('half-hop', 'offset of half a hop (62 ms)', `atrim=start_sample=${HALF_HOP_SAMPLES}`, { protocol: true }),
  { ...change('mp3-vs-trim', 'MP3 128 against 3 s cut off', 'atrim=start=3'), against: 'mp3-128', protocol: true },
  {
    ...change('aac-vs-half', 'AAC 128 against half a hop', `atrim=start_sample=${HALF_HOP_SAMPLES}`),
    against: 'aac-128',
    protocol: true,
  },
  {
    name: 'crossfade',
    title: 'radio crossfade (12 s of other tracks at both ends, 6 s of them mixed)',
    truth: same,
    strangers: 2,
    graph: crossfaded(12),
    codecs: ['mp3-V2'],
  },
  {
    name: 'crossfade-18',
    title: 'radio crossfade (12 s of other tracks at both ends, then 6 s mixed)',
    truth: open('contains', 'contained'),
    strangers: 2,
    graph: crossfaded(18),
    codecs: ['mp3-V2'],
    protocol: true,
  },
];

const SOUND = [
  change('remaster', 'remaster (EQ, compressor, limiter)', REMASTER, { protocol: true, codecs: ['mp3-V2'] }),
  {
    ...change('remaster-vs-chain', 'remaster against MP3 128 then Opus 64', REMASTER),
    codecs: ['mp3-V2'],
    against: 'mp3-128-opus-64',
    protocol: true,
  },
  change('bass', 'bass +6 dB', 'bass=f=100:g=6,volume=-4dB', { protocol: true, codecs: ['mp3-V2'] }),
  change('smile', 'smile EQ ±6 dB', SMILE, { protocol: true, codecs: ['mp3-V2'] }),
  { name: 'reverb', title: 'reverb 40 %', truth: same, reverb: true, codecs: ['mp3-V2'] },
  change('telephone', 'band 300–3400 Hz', 'highpass=f=300,highpass=f=300,lowpass=f=3400,lowpass=f=3400', {
    protocol: true,
    codecs: ['mp3-V2'],
  }),
  {
    name: 'mixed-12',
    title: 'another track mixed under, −12 dB',
    truth: open('shared-parts'),
    strangers: 1,
    graph: mixedUnder(12),
    codecs: ['mp3-V2'],
    protocol: true,
  },
  {
    name: 'mixed-6',
    title: 'another track mixed under, −6 dB',
    truth: related('shared-parts'),
    strangers: 1,
    graph: mixedUnder(6),
    codecs: ['mp3-V2'],
  },
];

const aboutOnePercent = open('other-speed');
const otherSpeed = related('other-speed');
const SPEEDS = [
  ...[0.1, -0.1, 0.5, -0.5].map((percent) => speed(percent, same)),
  ...[1, -1].map((percent) => speed(percent, aboutOnePercent)),
  ...[2, -2, 4.27, 5, -5].map((percent) => speed(percent, otherSpeed)),
  // A delay line of 5 ms, swept by a sine: 0.2315 of it makes ±0.2 % at 0.55 Hz.
  change('wow', 'wow 0.2 % at 0.55 Hz', 'vibrato=f=0.55:d=0.2315', { codecs: ['mp3-V2'] }),
  change('tempo+2', 'tempo +2 %, pitch kept', 'rubberband=tempo=1.02', { truth: otherSpeed, codecs: ['mp3-V2'] }),
  change('tempo-2', 'tempo −2 %, pitch kept', 'rubberband=tempo=0.98', { truth: otherSpeed, codecs: ['mp3-V2'] }),
  ...[20, -20].map((cents) =>
    change(
      `pitch${cents > 0 ? '+' : ''}${cents}`,
      `pitch ${cents > 0 ? '+' : '−'}20 cents, tempo kept`,
      `rubberband=pitch=${(2 ** (cents / 1200)).toFixed(8)}`,
      { truth: aboutOnePercent, codecs: ['mp3-V2'] },
    ),
  ),
  change('semitone', 'pitch +1 semitone, tempo kept', `rubberband=pitch=${(2 ** (1 / 12)).toFixed(8)}`, {
    truth: unnamed('other-speed', 'other-performance', 'shared-parts'),
    codecs: ['mp3-V2'],
  }),
];

const partOf = related('contains', 'contained');
const EDITS = [
  {
    name: 'extended',
    title: 'extended (a section played twice)',
    truth: related('other-edit'),
    graph: ({ seconds: s }) => inARow([0, 0, s * 0.6], [0, s * 0.35, s]),
    codecs: ['mp3-V2'],
  },
  {
    name: 'radio-edit',
    title: 'radio edit (20 % cut out of the middle)',
    truth: related('other-edit'),
    graph: ({ seconds: s }) => inARow([0, 0, s * 0.4], [0, s * 0.6, s]),
    codecs: ['mp3-V2'],
  },
  {
    name: 'sample',
    title: 'another track that holds a 10 s sample',
    truth: partOf,
    strangers: 1,
    graph: ({ others: [other] }) => inARow([1, 0, 14], [0, 12, 22], [1, 14, other.seconds]),
    codecs: ['mp3-V2'],
  },
  change('excerpt-15', 'excerpt of 15 s', 'atrim=8:23', { truth: open('contains'), codecs: ['mp3-V2'] }),
  change('excerpt-11', 'excerpt of 11 s', 'atrim=8:19', {
    truth: related('contains'),
    codecs: ['mp3-V2'],
    minSeconds: 50,
  }),
  {
    name: 'medley',
    title: 'medley (20 s of it between 18 s of two others)',
    truth: partOf,
    strangers: 2,
    graph: () => inARow([1, 4, 22], [0, 3, 23], [2, 4, 22]),
    codecs: ['mp3-V2'],
  },
];

// Made from scores, stems and signals; `made` names the part of the generator that knows how.
const score = (name, title, truth, b, a = 'full') => ({ name, title, truth, made: 'score', a, b });
const signal = (name, title) => ({ name, title, truth: strangers, made: 'signal' });
const HARD = [
  { ...score('no-drums', 'same session, drums removed', hard('shared-parts'), 'no-drums'), stems: true },
  { ...score('no-lead', 'same session, lead removed (instrumental)', hard('shared-parts'), 'no-lead'), stems: true },
  {
    ...score('related-font', 'same score, related soundfont', hard('other-performance', 'shared-parts'), 'related'),
    stems: true,
  },
  { ...score('other-take', 'other take (12 ms and velocity jitter)', hard('other-performance'), 'take'), other: true },
  { ...score('re-recording', 're-recording (unrelated soundfont)', hard('other-performance'), 'again'), other: true },
  {
    ...score('two-re-recordings', 'two re-recordings', hard('other-performance'), 'third', 'again'),
    other: true,
  },
  {
    ...score(
      'cover',
      'cover (+1 semitone, +3 % tempo, other soundfont)',
      { ...unnamed('other-performance'), hard: true },
      'cover',
    ),
    other: true,
  },
  score(
    'arrangement',
    'other arrangement (other instruments, lead an octave up)',
    { ...unnamed('other-performance', 'shared-parts'), hard: true },
    'arranged',
  ),
  {
    name: 'stem-guitar',
    title: 'guitar stem against its mix',
    truth: hard('shared-parts'),
    made: 'stem',
    part: 'guitar',
  },
  {
    name: 'stem-backing',
    title: 'backing stem against its mix',
    truth: hard('shared-parts'),
    made: 'stem',
    part: 'song',
  },
  signal('tones', 'tones, 1 Hz apart'),
  signal('same-tone', 'one tone at two levels'),
  signal('white-noise', 'white noise, two seeds'),
  signal('pink-noise', 'pink noise, two seeds'),
  signal('rain', 'rain-like ambience, two seeds'),
  signal('hum', 'mains hum, two machines'),
  signal('near-silence', 'near-silence, two dithers'),
  signal('drones', 'unrelated drones on one key'),
  { name: 'unrelated', title: 'unrelated music', truth: strangers, made: 'unrelated' },
];

/** All kinds, in the order of the report. */
export const KINDS = [...CODECS, ...LEVELS_AND_CHANNELS, ...ENDS, ...SOUND, ...SPEEDS, ...EDITS, ...HARD];
export const kindNamed = (name) => KINDS.find((kind) => kind.name === name);
