// What the judgement costs, stage by stage: the product's own steps in one process, each under the processor's clock.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { CLI, DIST, withData } from './reprise.mjs';

const PARTLY_DONE = 3;

/** A clock by stage. `of(stage, work)` runs work, `wrap` a function, and counts processor time and calls. */
function createClock() {
  const stages = new Map();
  const add = (stage, started) => {
    const { user, system } = process.cpuUsage(started);
    const known = stages.get(stage) ?? { calls: 0, seconds: 0 };
    stages.set(stage, { calls: known.calls + 1, seconds: known.seconds + (user + system) / 1e6 });
  };
  const of = (stage, work) => {
    const started = process.cpuUsage();
    try {
      return work();
    } finally {
      add(stage, started);
    }
  };
  return {
    stages,
    of,
    wrap:
      (stage, work) =>
      (...given) =>
        of(stage, () => work(...given)),
    async later(stage, work) {
      const started = process.cpuUsage();
      try {
        return await work();
      } finally {
        add(stage, started);
      }
    },
  };
}

const ALIGNMENT = 'alignment: lags and envelopes';
const COHERENCE = 'coherence along the lanes';
const JUDGE = 'judging in all';

/** The judge's tools with the clock on those that measure. */
function timedTools(matching, clock) {
  const tools = matching.createJudgeTools();
  const meter = (own, stage, name) => ({ ...own, [name]: clock.wrap(stage, own[name]) });
  return {
    ...tools,
    lagMeter: meter(tools.lagMeter, ALIGNMENT, 'at'),
    wideLagMeter: meter(tools.wideLagMeter, ALIGNMENT, 'at'),
    envelopeMeter: meter(tools.envelopeMeter, ALIGNMENT, 'lags'),
    coherenceMeter: meter(tools.coherenceMeter, COHERENCE, 'measure'),
  };
}

async function readTracks(store, fingerprint, phaseItems) {
  const tracks = [];
  for (const sound of (await store.presentSounds()).numbers) {
    const [track, prints] = [await store.matchTrack(sound), await store.printsOf(sound)];
    const altered = fingerprint.unpackAlteredQuestions(prints.altered);
    tracks.push({ ...track, items: phaseItems(prints.fingerprint), altered });
  }
  return tracks;
}

function candidates(tracks, matching, indexOf, clock) {
  const index = clock.of('index', () => indexOf(tracks.map(({ items }) => items[0])));
  tracks.forEach(({ items, altered }, track) => {
    const asked = [{ phases: items, except: track }];
    clock.of('candidates: equal codes', () => index.query(asked));
    clock.of('candidates: codes one bit apart', () => index.queryNear(asked));
    clock.of('candidates: other speeds, narrow band', () => matching.searchAltered(index, altered, true));
  });
  return matching.findCandidates(
    tracks.map(({ items }) => items),
    tracks.map(({ altered }) => altered),
  );
}

async function judgePairs({ tracks, pairs, store, matching, signal, decode, clock }) {
  const tools = timedTools(matching, clock);
  const kernel = matching.createComparisonKernel();
  const heard = [];
  for (const { a, b, offsets } of pairs) {
    const [one, other] = [tracks[a], tracks[b]];
    const sketches = [await store.sketchOf(one.audioHash), await store.sketchOf(other.audioHash)];
    const quick = clock.of('sketches', () => {
      const [first, second] = sketches.map((bytes) => bytes && signal.readSketch(bytes));
      const sound = (sketch, { decodeErrors }) => ({ sketch, decodeErrors });
      return first && second && matching.quickVerdict(sound(first, one), sound(second, other), offsets);
    });
    let verdict = quick;
    if (!verdict) {
      const sound = async (track) => ({ pcm: await decode(track, 'pcmOf'), decodeErrors: track.decodeErrors });
      const sums = await clock.later('decoding again', async () => [await sound(one), await sound(other)]);
      verdict = clock.of(JUDGE, () => matching.judgeSounds(...sums, offsets, tools));
      if (matching.isWorthSides(verdict)) {
        const sides = await clock.later('left and right', async () => [
          { ...sums[0], sides: await decode(one, 'stereoOf') },
          { ...sums[1], sides: await decode(other, 'stereoOf') },
        ]);
        const onSums = verdict;
        verdict = clock.of('left and right', () =>
          matching.judgeSides(...sides, offsets, onSums, matching.createJudgeTools()),
        );
      }
    }
    verdict = clock.of('bit errors and significance', () =>
      matching.withBitErrors(verdict, one.items, other.items, kernel),
    );
    if (verdict.relation === 'different') clock.of('likeness', () => matching.findLikeness(one, other, kernel));
    heard.push({ a: one.soundNumber, b: other.soundNumber, verdict });
  }
  return heard;
}

/** The stages on the library "dev", whose sounds are 20 to 34 s long and come in many versions. */
export async function benchJudgement({ library }) {
  const load = (module) => import(path.join(DIST, module, 'index.js'));
  const [matching, signal, fingerprint] = [await load('matching'), await load('signal'), await load('fingerprint')];
  const [{ createPcmMemory, openDecoder }, { openFile }] = [
    await load('adapters/decoder'),
    await load('adapters/files'),
  ];
  const { openCatalogue } = await load('adapters/sqlite');
  const { phaseItems } = await import(path.join(DIST, 'catalogue/prints.js'));
  return withData(async (data) => {
    const ran = spawnSync(process.execPath, [CLI, 'scan', library, '--data', data, '--no-progress'], {
      stdio: 'ignore',
    });
    if (ran.status !== 0 && ran.status !== PARTLY_DONE) throw new Error(`scan ended with ${ran.status ?? ran.signal}`);
    await using store = await openCatalogue(path.join(data, 'catalogue.sqlite'), {
      clock: { now: () => Date.now() },
      owner: 'the benchmark',
    });
    const [memory, decoder, clock] = [createPcmMemory(2 ** 30), await openDecoder(), createClock()];
    const decode = async ({ path: name }, what) => {
      using file = openFile(name);
      return await memory[what](file, decoder, () => {});
    };
    const tracks = await readTracks(store, fingerprint, phaseItems);
    const { indexOf } = await import(path.join(DIST, 'matching/code-index.js'));
    const pairs = candidates(tracks, matching, indexOf, clock);
    const numbers = await store.soundNumbers();
    const verdicts = await judgePairs({ tracks, pairs, store, matching, signal, decode, clock });
    clock.of('grouping', () => {
      const builder = matching.createComparisonTable(numbers);
      builder.add(matching.recordsOf(verdicts));
      const table = builder.build();
      const samples = new Map(tracks.map(({ audioHash, sampleHash }) => [audioHash, sampleHash]));
      matching.groupSounds(
        table,
        table.sounds.map((hash) => samples.get(hash)),
      );
    });
    return report(clock.stages, tracks, pairs.length);
  });
}

function report(stages, tracks, pairs) {
  const seconds = tracks.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const order = [
    ...['index', 'candidates: equal codes', 'candidates: codes one bit apart', 'candidates: other speeds, narrow band'],
    ...['sketches', 'decoding again', JUDGE, ALIGNMENT, COHERENCE, 'left and right', 'likeness'],
    ...['bit errors and significance', 'grouping'],
  ];
  const inner = new Set([ALIGNMENT, COHERENCE]);
  const rows = order
    .filter((stage) => stages.has(stage))
    .map((stage) => {
      const { calls, seconds: spent } = stages.get(stage);
      const name = inner.has(stage) ? `— thereof ${stage}` : stage;
      return [name, calls, ((1000 * spent) / calls).toFixed(2), ((1000 * spent) / tracks.length).toFixed(1)];
    });
  return {
    title: 'Judgement',
    about: `${tracks.length} distinct sounds of ${(seconds / tracks.length).toFixed(0)} s on the average and their ${pairs} candidate pairs, in one process; every sound is decoded once and kept. The searches are measured by themselves, each for the whole library. Songs of four minutes take about ten times the alignment and coherence of these, which are bounded, and eight times the rest.`,
    tables: [{ head: ['stage', 'calls', 'CPU ms a call', 'CPU s per 1,000 tracks'], rows }],
  };
}
