/** A worker whose decoder does what the file's name says. */
import { AppError } from '#kernel';
import { serveJobs } from '../../src/adapters/workers/index.ts';

const hoard: Uint8Array[] = [];

serveJobs({
  async analyse(path, _known, beat) {
    if (path.includes('crash')) process.abort();
    if (path.includes('hang')) for (;;);
    if (path.includes('memory')) {
      for (;;) {
        hoard.push(new Uint8Array(2 ** 24).fill(1));
        beat(0);
      }
    }
    if (path.includes('missing')) throw new AppError('files/missing', 'It is not there.', { kind: 'missing' });
    if (path.includes('bug')) throw new TypeError('a bug');
    return { kind: 'known', contentHash: `${process.pid}` };
  },
  hash: async (path) => ({ contentHash: `sha256:${path}`, sizeBytes: 7 }),
  judgeSketches: async () => undefined,
  liken: async () => undefined,
  judge: () => Promise.reject(new Error('not asked for')),
  portray: () => Promise.reject(new Error('not asked for')),
  trace: () => Promise.reject(new Error('not asked for')),
});
