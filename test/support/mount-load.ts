/** Programs that work in a mounted store while something happens to it, and tell what they know of it afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A random mix of acts upon names and bytes below a folder, by real system calls, with what ought to be there in memory. At
 * SIGTERM, or the first error where they are not borne, it looks at everything and prints one line of JSON. When it has made
 * sure of a file, or ends before, it says so in a line.
 * Arguments: folder, seed, `strict`, `lenient` or `brief`. Lenient, it bears errors, and forgets what they were about; brief, it
 * is done at the first one, and forgets what that was about. One file that it has made sure of is always left.
 */
const MIX = `
import json, os, random, signal, sys
base, seed, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
r, files, n, errors, synced = random.Random(seed), {}, 0, [], {}
stop = is_told = False
def tell():
    global is_told
    if not is_told: print('works', flush=True)
    is_told = True
def end(*_):
    global stop
    stop = True
signal.signal(signal.SIGTERM, end)
def act():
    a, p = r.random(), '%s/%s' % (base, n)
    old = r.choice(list(files)) if files else None
    if old in synced and len(synced) == 1: old = None
    try:
        if a < .35 or old is None:
            data = bytes([n % 251]) * r.randrange(1, 20000)
            fd = os.open(p, os.O_CREAT | os.O_EXCL | os.O_RDWR)
            files[p] = None
            for at in range(0, len(data), 7000): os.pwrite(fd, data[at:at + 7000], at)
            if r.random() < .3:
                os.fsync(fd); d = os.open(base, os.O_RDONLY); os.fsync(d); os.close(d)
                synced[p] = len(data); tell()
            os.close(fd)
            files[p] = data
        elif a < .5:
            synced.pop(old, None); data = files.pop(old); os.unlink(old)
        elif a < .65:
            synced.pop(old, None); data = files.pop(old); os.rename(old, p); files[p] = data
        elif a < .7:
            os.mkdir(p); os.rmdir(p)
        elif a < .75:
            os.symlink('nowhere', p); os.unlink(p)
        elif a < .8:
            os.link(old, p); files[p] = files[old]; os.unlink(p); del files[p]
        elif a < .85:
            os.setxattr(old, 'user.n', b'%d' % n, os.XATTR_CREATE); os.removexattr(old, 'user.n')
        elif a < .93:
            synced.pop(old, None); data, files[old] = files[old], None
            size = r.randrange(0, 9000); os.truncate(old, size)
            files[old] = (data + bytes(size))[:size] if data is not None else None
        else:
            data = files[old]
            with open(old, 'rb') as f: got = f.read()
            if data is not None and got != data: errors.append('other bytes in ' + old)
    except OSError as e:
        if mode == 'strict': errors.append('%s at %d: %s' % (e, n, a))
        if mode != 'lenient': end()
while not stop:
    n += 1
    act()
tell()
if mode == 'strict':
    try:
        names = set(base + '/' + x for x in os.listdir(base))
        if names != set(files): errors.append('names: %s' % sorted(names ^ set(files))[:5])
        for p, data in files.items():
            if data is None: continue
            with open(p, 'rb') as f: got = f.read()
            at = next((i for i, (a, b) in enumerate(zip(got, data)) if a != b), min(len(got), len(data)))
            if got != data: errors.append('bytes of %s: %d, not %d, other from %d on: %s, not %s' % (p, len(got), len(data), at, got[at:at + 8], data[at:at + 8]))
    except OSError as e: errors.append(str(e))
print(json.dumps({'acts': n, 'errors': errors[:5], 'synced': {p[len(base) + 1:]: k for p, k in synced.items()}}), flush=True)
`;

export interface MixEnd {
  readonly acts: number;
  readonly errors: readonly string[];
  /** Of files that were not changed after their fsync, by their names, how long they are. Their bytes are all the same: see {@link byteOf}. */
  readonly synced: Readonly<Record<string, number>>;
}

export interface Mix {
  readonly process: ChildProcess;
  /** It has made sure of a file, or has died. */
  readonly works: Promise<void>;
  /** Asks it to end, when it works. @throws Error where it hangs, with what it waits for in the kernel */
  end(): Promise<MixEnd>;
}

/** Of the file of this name, each byte. */
export function byteOf(name: string): number {
  return Number(name) % 251;
}

const HANGS_AFTER_MS = 30_000;

export function startMix(folder: string, seed: number, mode: 'strict' | 'lenient' | 'brief'): Mix {
  const child = spawn('python3', ['-c', MIX, folder, String(seed), mode], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  const works = new Promise<void>((resolve) => void child.stdout.once('data', () => resolve()));
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    err += text.toString();
  });
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  return {
    process: child,
    works: Promise.race([works, ended]),
    async end() {
      let waitsFor: string | undefined;
      const timer = setTimeout(() => {
        waitsFor = readFileSync(`/proc/${child.pid}/wchan`, 'utf8');
        child.kill('SIGKILL');
      }, HANGS_AFTER_MS);
      // Before, it would die of it.
      await this.works;
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
      if (waitsFor !== undefined) throw new Error(`A program that works in the mount hangs:\n${out}${waitsFor}`);
      const [, told = ''] = out.split('\n');
      if (told === '') throw new Error(`A program that works in the mount died: ${err}`);
      return JSON.parse(told) as MixEnd;
    },
  };
}
