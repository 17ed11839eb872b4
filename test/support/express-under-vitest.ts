/**
 * To be imported before Express. Vitest starts its workers with the condition `import`, under which `require` takes the wrong
 * half of a package that Express needs: an object where a function ought to be.
 */
import { createRequire } from 'node:module';

const ours = createRequire(import.meta.url);
const router = createRequire(createRequire(ours.resolve('nephele')).resolve('router'));
const name = 'is-promise';
const found: unknown = router(name);
const module = router.cache[router.resolve(name)];
if (typeof found === 'object' && found !== null && 'default' in found && module) module.exports = found.default;
