// A soak: one catalogue lives through many scans of a library that changes under it. Each round files are renamed,
// re-tagged by bytes, removed and put back; some scans are killed half way. After each round a `find` of the living
// catalogue must say what a `find` with a fresh one says, and the catalogue must not grow without end.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareLibrary } from './corpus/prepare.mjs';

const CLI = path.resolve(import.meta.dirname, '../dist/program/cli.js');
const PARTLY_DONE = 3;
const SKIPPED = 3;

function find(library, data) {
  const argv = [CLI, 'find', library, '--data', data, '--json', '--no-progress'];
  const { status, signal, stdout } = spawnSync(process.execPath, argv, {
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 2],
  });
  if (status !== 0 && status !== PARTLY_DONE) throw new Error(`find ended with ${status ?? signal}`);
  return JSON.parse(stdout.toString());
}

/** What must be equal: who is grouped with whom, and who stays. */
const essence = ({ groups }) =>
  groups
    .map(({ relation, keeper, files }) => JSON.stringify([relation, keeper, files.map((file) => file.path).sort()]))
    .sort();

/** A scan that is killed after a while, with all its processes. */
function interrupted(library, data, afterMs) {
  const child = spawn(process.execPath, [CLI, 'scan', library, '--data', data, '--no-progress'], {
    detached: true,
    stdio: 'ignore',
  });
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), afterMs);
  return new Promise((resolve) => {
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A small generator, so that a round that failed can be run again by its seed. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CHANGES = [
  (file) => fs.renameSync(file, `${file}.moved${path.extname(file)}`),
  (file) => fs.appendFileSync(file, Buffer.alloc(128)),
  (file) => fs.rmSync(file),
  (file) => fs.copyFileSync(file, `${file}.twin${path.extname(file)}`),
  (file) => fs.utimesSync(file, new Date(), new Date()),
];

function disturb(library, random) {
  const files = fs
    .readdirSync(library, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && Buffer.byteLength(entry.name) < 200)
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => fs.existsSync(file)) // names that are no UTF-8 cannot be spoken here
    .sort();
  for (let n = 0; n < 10; n++) {
    const file = files[random(files.length)];
    if (fs.existsSync(file)) CHANGES[random(CHANGES.length)](file);
  }
}

const sizeOf = (folder) =>
  fs.readdirSync(folder, { recursive: true }).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);

/** Runs rounds until the seconds are over; gives an exit code. */
export async function soak(seconds, seed = Date.now() >>> 0) {
  const ready = prepareLibrary('small');
  if (ready.missing) {
    console.error(`SKIPPED: the soak: ${ready.missing}`);
    return SKIPPED;
  }
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-soak-'));
  const library = path.join(scratch, 'library');
  const living = path.join(scratch, 'living');
  const random = randomFrom(seed);
  const end = performance.now() + 1000 * seconds;
  let status = 0;
  for (let round = 1; performance.now() < end && status === 0; round++) {
    if (round % 10 === 1) {
      fs.rmSync(library, { recursive: true, force: true });
      fs.cpSync(ready.library, library, { recursive: true, verbatimSymlinks: true });
    }
    disturb(library, random);
    await interrupted(library, living, 200 + random(8000));
    const fresh = path.join(scratch, 'fresh');
    const same = JSON.stringify(essence(find(library, living))) === JSON.stringify(essence(find(library, fresh)));
    fs.rmSync(fresh, { recursive: true });
    console.log(
      `round ${round}, seed ${seed}: ${same ? 'same groups' : 'DIFFERENT GROUPS'}, catalogue ${(sizeOf(living) / 1e6).toFixed(1)} MB`,
    );
    if (!same) status = 1;
  }
  if (status === 0) fs.rmSync(scratch, { recursive: true });
  else console.error(`soak: what went wrong is kept in ${scratch}`);
  return status;
}
