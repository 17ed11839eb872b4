/** Mounts a store through libfuse, as the product does on other systems: arguments are the store, the folder, options. */
import { mountByNapiHere } from '../../src/main/mount-by-napi.ts';

const [, , store = '', folder = '', options = ''] = process.argv;
const ending = new AbortController();
process.once('SIGTERM', () => ending.abort());

await mountByNapiHere(store, folder, {
  isWriteback: false,
  kernelOptions: options.split(',').filter((option) => option !== ''),
  ...{ dedupOn: 'both', quietSeconds: 0.2 },
  signal: ending.signal,
  onReady: () => console.log(`It is mounted on ${folder}.`),
  onTrouble: (message) => console.error(message),
});
