/** Mounts a store as on a kernel that sends nothing again: `node mount-process.ts STORE FOLDER`. Says so as the product does. */
import { superviseMount } from '../../src/adapters/fuse/index.ts';
import { programBeside } from '../../src/main/programs.ts';

const [store = '', folder = ''] = process.argv.slice(2);
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());
process.chdir('/');
await superviseMount({
  mount: { source: store, folder, options: [], isWriteback: false },
  server: { store, threads: 3, dedupOn: 'both', quietMs: 100 },
  entry: programBeside('mount-server'),
  onReady: () => console.log(`${store} is mounted on ${folder}.`),
  onTrouble: (message) => console.error(message),
  signal: ending.signal,
  neverResends: true,
});
