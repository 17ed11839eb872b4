// What stores a folder of recordings: Reprise, the deduplicating stores that Debian packages, a plain copy, and what ripfs
// would do. Each is a few lines of shell over SRC, the folder, and STORE, where the result goes and all of it is counted;
// caches that a program could lose without loss go to HOME, which is not counted. Compression is off where it can be.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { measure } from './measure.mjs';
import { CLI } from './reprise.mjs';

const MB = 1e6;
const RIPFS = path.join(import.meta.dirname, 'ripfs-like.mjs');

export const REPRISE = 'Reprise';
export const BUP = 'bup';
export const CASYNC = 'casync, 64 KiB';

const reprise = (...words) => `"$NODE" "$CLI" store ${words.join(' ')}`;
const ripfs = (...words) => `"$NODE" "$RIPFS" ${words.join(' ')}`;
const borg = (chunker) => ({
  needs: 'borg',
  version: 'borg --version',
  before: 'borg init -e none "$STORE"',
  run: `borg create --compression none ${chunker} "$STORE::a" "$SRC"`,
});
const casync = (sizes) => ({
  needs: 'casync',
  version: 'casync --version',
  run: `mkdir -p "$STORE" && casync make --without=all ${sizes} --store="$STORE/s" "$STORE/a.caidx" "$SRC"`,
});
/** Everything back, byte for byte. */
const returned = (exported) => `${exported} && diff -r "$HOME/back/$(basename "$SRC")" "$SRC"`;

/**
 * By name: what it needs, what goes before, what is timed, and what is looked at afterwards. To an archive nothing can be
 * added, and it gives one file only with all before it.
 */
export const CONTENDERS = {
  [REPRISE]: {
    needs: process.execPath,
    before: reprise('init "$STORE"'),
    run: reprise('import "$STORE" "$SRC"'),
    stat: reprise('stat "$STORE" --json'),
    check: returned(reprise('export "$STORE" "$HOME/back"')),
    cat: reprise('cat "$STORE" "$FILE"'),
  },
  'as ripfs does (ours)': {
    needs: process.execPath,
    run: ripfs('import "$STORE" "$SRC"'),
    check: returned(ripfs('export "$STORE" "$HOME/back"')),
  },
  restic: {
    needs: 'restic',
    version: 'restic version',
    before: 'restic -q -r "$STORE" init',
    run: 'restic -q -r "$STORE" backup --no-cache --compression off "$SRC"',
  },
  borg: borg(''),
  'borg 9,16,12': borg('--chunker-params 9,16,12,4095'),
  [CASYNC]: casync(''),
  'casync, 8 KiB': casync('--chunk-size=2048:8192:32768'),
  [BUP]: {
    needs: 'bup',
    version: 'bup --version',
    before: 'bup init',
    run: 'bup index "$SRC" && bup save -q -0 -n a "$SRC"',
  },
  '`tar`, `zstd -3 --long=31`': {
    needs: 'zstd',
    version: 'zstd --version',
    isArchive: true,
    run: 'mkdir "$STORE" && tar -C "$SRC" -cf - . | zstd -q -3 --long=31 -o "$STORE/a.zst"',
  },
  '`cp -r`': { needs: 'cp', run: 'cp -r "$SRC" "$STORE"' },
};

const ENVIRONMENT = {
  NODE: process.execPath,
  CLI,
  RIPFS,
  LC_ALL: 'C.UTF-8',
  RESTIC_PASSWORD: 'x',
  BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
};

function shell(script, env) {
  const ran = spawnSync('bash', ['-c', `set -o pipefail; ${script}`], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (ran.status !== 0) throw new Error(`${script}: ${ran.stderr.slice(-2000) || ran.stdout.slice(-2000)}`);
  return ran.stdout;
}

const answers = (command) => spawnSync('bash', ['-c', command], { stdio: 'ignore' }).status === 0;

/** Whether this build can store at all. */
export const canStore = () => answers(`"${process.execPath}" "${CLI}" store import --help`);

const isHere = (name, { needs }) => (name === REPRISE ? canStore() : answers(`command -v "${needs}"`));

/** Names of those that can run here, of those that cannot, and the versions of what is no part of this repository. */
export function survey() {
  const [here, missing] = [[], []];
  for (const [name, contender] of Object.entries(CONTENDERS)) (isHere(name, contender) ? here : missing).push(name);
  const versions = here.flatMap((name) => {
    const { needs, version } = CONTENDERS[name];
    return version ? `${needs} ${/\d+(\.\d+)+|\b\d+$/m.exec(shell(version))[0]}` : [];
  });
  return { here, missing, versions: [...new Set(versions)] };
}

/** Bytes as `du --apparent-size` adds up files, and what they and their folders occupy on disk. */
export function sizeOf(name) {
  const stat = fs.lstatSync(name);
  const own = { bytes: stat.isDirectory() ? 0 : stat.size, onDisk: stat.blocks * 512 };
  if (!stat.isDirectory()) return own;
  return fs
    .readdirSync(name)
    .map((child) => sizeOf(path.join(name, child)))
    .reduce((sum, { bytes, onDisk }) => ({ bytes: sum.bytes + bytes, onDisk: sum.onDisk + onDisk }), own);
}

/**
 * An empty store of this kind in a folder of its own. `add` stores a folder and gives what it cost (`measure`); `check`
 * throws when what is stored is not that folder; `stat` and `hashOf` are there where the store can say it.
 */
export function createStore(name, place) {
  const { before, run, stat, check, cat } = CONTENDERS[name];
  fs.rmSync(place, { recursive: true, force: true });
  fs.mkdirSync(path.join(place, 'home'), { recursive: true });
  const store = path.join(place, 'store');
  const env = { ...ENVIRONMENT, STORE: store, BUP_DIR: store, HOME: path.join(place, 'home') };
  if (before) shell(before, env);
  return {
    add(source) {
      // What others wrote would be charged to whoever waits for the disk next.
      shell('sync');
      return measure('bash', ['-c', `set -o pipefail; ${run}`], { env: { ...env, SRC: source } });
    },
    folder: store,
    size: () => sizeOf(store),
    stat: stat && (() => JSON.parse(shell(stat, env))),
    check: (source) => check && shell(check, { ...env, SRC: source }),
    hashOf: cat && ((file) => shell(`${cat} | sha256sum`, { ...env, FILE: file }).slice(0, 64)),
    remove: () => fs.rmSync(place, { recursive: true, force: true }),
  };
}

/** Stores the folder once, checks it and forgets it. Gives what it cost, `bytes` and `onDisk`, and what the store says of itself. */
export async function storeOnce(name, source, scratch) {
  const store = createStore(name, path.join(scratch, 'turn'));
  const { stdout, ...figures } = await store.add(source);
  const size = store.size();
  const stat = store.stat?.();
  store.check(source);
  store.remove();
  console.error(`store: ${name}: ${(size.bytes / MB).toFixed(1)} MB, ${figures.cpu.toFixed(1)} CPU s`);
  return { ...figures, ...size, stat };
}
