// Makes a library of the corpus, or finds it made before: fetches the set's packages, unpacks and renders them, and
// builds the library that configs/SET.json describes. Everything lies in one folder that may be deleted at any time:
// $REPRISE_CORPUS, else $XDG_CACHE_HOME/reprise-corpus, else .cache/corpus in the checkout.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const NEEDED = {
  'apt-get': 'apt',
  dpkg: 'dpkg',
  ffmpeg: 'ffmpeg',
  fluidsynth: 'fluidsynth',
  metaflac: 'flac',
  unzip: 'unzip',
};

/** Where music and libraries are kept between runs. */
export function corpusFolder(env = process.env) {
  if (env.REPRISE_CORPUS) return path.resolve(env.REPRISE_CORPUS);
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, 'reprise-corpus');
  return path.resolve(here, '../../.cache/corpus');
}

const onPath = (name) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, name)));

const quietly = (command, argv, options = {}) =>
  spawnSync(command, argv, { stdio: ['ignore', 2, 2], ...options }).status === 0;

function fetchOriginals(root, set) {
  const originals = path.join(root, 'originals', set);
  const manifest = path.join(originals, 'manifest.json');
  const script = path.join(here, 'fetch-music.sh');
  if (!fs.existsSync(manifest) && !quietly('bash', [script, root, set])) {
    quietly('apt-get', ['-q', 'update']); // fresh containers come without package lists
    quietly('bash', [script, root, set]);
  }
  return fs.existsSync(manifest) ? originals : undefined;
}

/** What decides the bytes of a library or a radio: its configuration, its music, the maker and the encoders. */
function recipe(originals, config, maker) {
  const hash = createHash('sha256');
  for (const file of [config, path.join(originals, 'manifest.json'), path.join(here, maker)]) {
    hash.update(fs.readFileSync(file));
  }
  hash.update(spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' }).stdout.split('\n')[0]);
  return hash.digest('hex');
}

/** Lets a maker fill a folder from the music of a set, unless it did so before; whether it is there now. */
function build(maker, set, originals, out, ...more) {
  const config = path.join(here, 'configs', `${set}.json`);
  const stamp = path.join(out, 'recipe');
  const wanted = recipe(originals, config, maker);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return true;
  // What is half made has neither.
  for (const file of [stamp, path.join(out, 'truth.json')]) fs.rmSync(file, { force: true });
  const argv = ['--originals', originals, '--config', config, '--out', out, '--jobs', '2', ...more];
  if (!quietly(process.execPath, [path.join(here, maker), ...argv])) return false;
  fs.writeFileSync(stamp, wanted);
  return true;
}

/** Programs that are not here, in words, or `undefined`. */
function absentPrograms(...more) {
  const absent = [...Object.keys(NEEDED), ...more].filter((name) => !onPath(name));
  return absent.length > 0 ? `needs ${absent.join(', ')} (npm run setup:system)` : undefined;
}

/**
 * Fetches the music that the kinds of change are made from; gives the reason why they cannot be measured here, if so.
 * Their peers need fpcalc.
 */
export function prepareMusic(root = corpusFolder()) {
  const absent = absentPrograms('fpcalc');
  if (absent) return absent;
  const without = ['dev', 'alt', 'scores'].find((set) => !fetchOriginals(root, set));
  return without && `the Debian packages of the music "${without}" could not be fetched`;
}

/**
 * The library of a set, ready to be scanned. Talks to stderr while it works.
 * Gives `{ library, truth, originals }` (paths), or `{ missing }`: the reason why it cannot be had here.
 */
export function prepareLibrary(set, root = corpusFolder()) {
  const absent = absentPrograms();
  if (absent) return { missing: absent };
  const originals = fetchOriginals(root, set);
  if (!originals) return { missing: 'the Debian packages of its music could not be fetched' };
  const out = path.join(root, 'libraries', set);
  if (!build('make-library.mjs', set, originals, out)) return { missing: 'the library could not be built' };
  return { library: path.join(out, 'library'), truth: path.join(out, 'truth.json'), originals };
}

/** Made by hand, as `make-radio.mjs` leaves it at its end: taken as it is. */
const isRadioWithoutRecipe = (folder) =>
  fs.existsSync(path.join(folder, 'truth.json')) && !fs.existsSync(path.join(folder, 'recipe'));

/**
 * Recordings of the station of `dev` in these codecs, each a folder with `segments/`, `continuous/` and `truth.json`.
 * Talks to stderr while it works. Gives `{ radio, originals }`, folders by codec and the music, or `{ missing }`.
 */
export function prepareRadio(codecs, root = corpusFolder()) {
  const absent = absentPrograms();
  if (absent) return { missing: absent };
  const originals = fetchOriginals(root, 'dev');
  if (!originals) return { missing: 'the Debian packages of its music could not be fetched' };
  const radio = Object.fromEntries(codecs.map((codec) => [codec, path.join(root, 'radio', codec)]));
  for (const [codec, folder] of Object.entries(radio)) {
    if (isRadioWithoutRecipe(folder)) continue;
    if (!build('make-radio.mjs', 'dev', originals, folder, '--codec', codec)) {
      return { missing: `the radio could not be made in ${codec}` };
    }
  }
  return { radio, originals };
}
