// docs/scale.md out of docs/scale-results.json.
const MIB = 2 ** 20;
const GIB = 2 ** 30;

const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const count = (value) => value.toLocaleString('en');
const figure = (value, digits = 3) => (value === 0 ? '0' : String(Number(value.toPrecision(digits))));
const percent = (share) => `${(100 * share).toFixed(2)} %`;
const bytes = (value) => (value >= GIB ? `${(value / GIB).toFixed(1)} GiB` : `${Math.round(value / MIB)} MiB`);
const seconds = (value) => (value >= 100 ? count(Math.round(value)) : value.toFixed(1));

/** How the processor's time grows from 10,000 tracks to the largest size: the exponent, for the most workers; `undefined` where both are not there. */
export function growthOf(sizes) {
  const workers = String(Math.max(...sizes.flatMap(({ all }) => Object.keys(all).map(Number))));
  const from = sizes.find(({ tracks }) => tracks === 10_000)?.all[workers];
  const to = sizes.at(-1);
  if (!from || to.tracks <= 10_000) return { workers };
  return { workers, exponent: Math.log(to.all[workers].cpu / from.cpu) / Math.log(to.tracks / 10_000), to: to.tracks };
}

function cost({ sizes }) {
  const stages = [
    ...new Set(sizes.flatMap(({ all }) => Object.values(all).flatMap((run) => run.stages.map(({ name }) => name)))),
  ];
  const rows = sizes.flatMap(({ tracks, catalogueBytes, all }) =>
    Object.entries(all).map(([workers, run]) => [
      count(tracks),
      workers,
      seconds(run.seconds),
      seconds(run.cpu),
      ...stages.map((name) => {
        const stage = run.stages.find((one) => one.name === name);
        return stage ? seconds(stage.seconds) : '–';
      }),
      bytes(run.peakBytes),
      bytes(catalogueBytes),
      bytes(run.indexBytes),
    ]),
  );
  const { workers, exponent, to } = growthOf(sizes);
  return [
    '## What it costs',
    'All pairs of a library that was never searched, fingerprints ready. Seconds are of the clock, of stages too; memory is the highest resident of all processes together.',
    '',
    table(
      ['tracks', 'at a time', 's', 'CPU s', ...stages.map((name) => `${name}, s`), 'memory', 'catalogue', 'index'],
      rows,
    ),
    '',
    ...(exponent === undefined
      ? []
      : [
          `The processor's time grows with the power **${exponent.toFixed(2)}** of the tracks from 10,000 to ${count(to)} (${workers} at a time).`,
          '',
        ]),
    ...(sizes.length > 1 ? ['![How the cost grows](scale-growth.svg)', ''] : []),
  ];
}

function found({ sizes }) {
  const rows = sizes.flatMap(({ tracks, all }) =>
    Object.entries(all).map(([workers, { score }]) => [
      count(tracks),
      workers,
      count(score.planted),
      count(score.found),
      percent(score.found / score.planted),
      count(score.offsetsRight),
      count(score.falsePairs),
      (score.falsePairs / tracks).toFixed(2),
    ]),
  );
  const head = ['tracks', 'at a time', 'planted', 'found', 'recall', 'at the right offset', 'others', 'others a track'];
  const { score } = Object.values(sizes.at(-1).all).at(-1);
  const cells = Object.entries(score.byKind).map(([kind, one]) => {
    const cut = kind.lastIndexOf(', ');
    return { sound: cut < 0 ? kind : kind.slice(0, cut), shape: cut < 0 ? 'any' : kind.slice(cut + 2), ...one };
  });
  const shapes = ['whole', 'intro', 'truncated', 'cross-faded', 'any'];
  const cell = (sound, shape) => {
    const one = cells.find((other) => other.sound === sound && other.shape === shape);
    return one ? `${count(one.found)} of ${count(one.planted)}` : '';
  };
  return [
    '## What it finds',
    'Planted pairs among the candidates, and candidates that were not planted: chance, and what drones have in common. Those are judged by their sound afterwards.',
    '',
    table(head, rows),
    '',
    `What was found of ${count(sizes.at(-1).tracks)} tracks, by what happened to the copy’s sound and shape:`,
    '',
    table(
      ['', ...shapes],
      [...new Set(cells.map(({ sound }) => sound))]
        .sort()
        .map((sound) => [sound, ...shapes.map((shape) => cell(sound, shape))]),
    ),
    '',
  ];
}

function fresh({ sizes }) {
  const known = sizes.filter((size) => size.new);
  if (known.length === 0) return [];
  const rows = known.map(({ tracks, new: run }) => [
    count(tracks),
    run.seconds.toFixed(2),
    run.cpu.toFixed(2),
    ...['sounds', 'indexing', 'searching'].map((name) =>
      (run.stages.find((stage) => stage.name === name)?.seconds ?? 0).toFixed(2),
    ),
    bytes(run.peakBytes),
    `${run.found} of ${run.planted}`,
  ]);
  const head = ['tracks', 's', 'CPU s', 'opening, s', 'indexing, s', 'searching, s', 'memory', 'planted pairs found'];
  return [
    '## New tracks',
    'About 100 tracks that nobody has seen with all that are there, whose index is ready.',
    '',
    table(head, rows),
    '',
  ];
}

function lookUps({ sizes }) {
  const known = sizes.filter((size) => size['look-up']);
  if (known.length === 0) return [];
  const both = ({ median, p95 }) => `${figure(median)} (${figure(p95)})`;
  const rows = known.map(({ tracks, 'look-up': run }) => [
    count(tracks),
    run.segments,
    both(run.wall),
    both(run.cpu),
    both(run.decoding.cpu),
    (run.cpu.median / run.decoding.cpu.median).toFixed(3),
    ...['sqlite', 'lmdb'].map((peer) => (run.peers[peer] ? both(run.peers[peer].cpu) : '–')),
    figure(run.opening.cpu),
    `${run.found} of ${run.planted}`,
    run.othersEach.toFixed(2),
  ]);
  const head = [
    'tracks',
    'segments',
    'ms',
    'CPU ms',
    'decoding, CPU ms',
    'ratio',
    'SQLite, CPU ms',
    'LMDB, CPU ms',
    'opening, CPU ms',
    'planted found',
    'others each',
  ];
  return [
    '## Look-ups',
    `${known[0]['look-up'].asked} sounds, each asked about by itself in the index on disk; median and, in brackets, the 95th percentile. Decoding: a FLAC of four minutes by \`ffmpeg\`, in the same run. SQLite and LMDB: the places of as many codes, from a table without row numbers and from duplicates of a key, without counting votes.`,
    '',
    table(head, rows),
    '',
  ];
}

function brute({ sizes }) {
  const rows = sizes
    .filter((size) => size.brute)
    .map(({ tracks, brute: { seconds: took, planted, found: laid, both, unplanted } }) => [
      count(tracks),
      seconds(took),
      count(planted),
      count(laid),
      count(both),
      percent(both / laid),
      count(unplanted),
    ]);
  if (rows.length === 0) return [];
  return [
    '## Against brute force',
    'Everything laid over everything at every offset (`tools/scale/brute.c`): pairs of which fewer than 32 % of the bits differ over ten seconds or more.',
    '',
    table(
      ['tracks', 's', 'planted', 'brute force finds', 'the index, of those', 'share', 'pairs that were not planted'],
      rows,
    ),
    '',
  ];
}

function likeness({ statistics }) {
  if (!statistics) return [];
  const { real, made, copies } = statistics;
  const row = (words, of, digits = 3) => [words, figure(of(real), digits), figure(of(made), digits)];
  const rows = [
    row('tracks', ({ tracks }) => tracks),
    row('postings an item', ({ postingsPerItem }) => postingsPerItem),
    row('distinct codes an item', ({ distinctCodesPerItem }) => distinctCodesPerItem),
    ...[24, 28, 32].map((width) =>
      row(`chance that items of two tracks meet, codes of ${width} bits`, ({ meetingChance }) => meetingChance[width]),
    ),
    row('the same, 24 bits of two items a second apart', ({ meetingChance }) => meetingChance.double),
    ...['0.0001', '0.00003'].map((bar) =>
      row(`share of postings in codes with more than ${bar} of all`, ({ shareOfFrequentCodes: of }) => of[Number(bar)]),
    ),
    row('codes in common, mean', ({ commonCodesMean }) => commonCodesMean),
    ...['0.9', '0.99', '0.999'].map((share) =>
      row(`codes in common, ${100 * share} %`, ({ commonCodes }) => commonCodes[share]),
    ),
    row('share of pairs with a common 28-bit code', ({ shareWithCommon28 }) => shareWithCommon28),
    ...[1, 2, 3, 4, 5].map((votes) =>
      row(`share of pairs with ${votes} votes or more`, ({ shareByVotes }) => shareByVotes[votes]),
    ),
    row('bits that differ by chance over a minute, mean', ({ chance }) => chance.mean),
    row('deviation', ({ chance }) => chance.deviation),
    row('independent bits of a minute', ({ chance }) => chance.independentBits),
    ...[1, 2, 4, 8, 16, 64].map((lag) =>
      row(`differing bits of items ${lag} apart`, ({ hammingByLag }) => hammingByLag[lag]),
    ),
    row('bits that half a hop changes', ({ halfHopErrors }) => halfHopErrors),
  ];
  return [
    '## Made tracks beside real ones',
    `${real.tracks} real tracks and as many made ones of the same lengths; ${count(real.pairs)} and ${count(made.pairs)} pairs. ${real.relatedPairs} and ${made.relatedPairs} pairs with eight votes and more count as related and are left out.`,
    '',
    table(['', 'real', 'made'], rows),
    '',
    '![Postings by rank of the code](scale-codes.svg)',
    '',
    'Differing bits of copies, and in the median the share of items whose code of so many bits survives. Real copies start at the original’s first sample (a beginning half a second later costs 0.006), made ones at any part of a hop:',
    '',
    table(
      ['kind', 'real copies', 'median', '95 %', 'made, median', '95 %', '24 bits', '28', '32', '2 × 24'],
      Object.entries(copies).map(([kind, { real: words, realMedian, realHigh, median, high, kept }]) => [
        kind,
        words,
        realMedian,
        realHigh,
        median.toFixed(3),
        high.toFixed(3),
        ...kept.map((share) => share.toFixed(2)),
      ]),
    ),
    '',
  ];
}

/** The page. Sections without figures are left out. */
export function pageOf(results) {
  const { machine, sizes = [] } = results;
  const parts = sizes.some((size) => size.all) ? [cost, found, fresh, lookUps, brute] : [];
  return [
    '# How the search grows',
    '',
    'Made by `npm run scale -- DIR … --tracks 1e3,1e4,1e5 --record`, and `--tracks 1e6` in a run of its own. How libraries are made, and what would',
    'break first beyond, is in [design/scale.md](design/scale.md).',
    ...(machine
      ? [
          `Measured on ${machine.cores} cores of ${machine.model}; libraries made from ${count(machine.pieces)} pieces, ${(machine.frames / 32.3 / 3600).toFixed(1)} hours of music.`,
        ]
      : []),
    '',
    ...parts.flatMap((part) => part({ sizes: sizes.filter((size) => size.all) })),
    ...likeness(results),
  ].join('\n');
}
