// Joins the compiled modules into few files in dist/program: loading five hundred files took most of the time of a
// command. Each program that main starts (threads and processes too) is an entry, and what they share is written once.
import { globSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

const dist = path.resolve(import.meta.dirname, '../dist');
const target = path.join(dist, 'program');
const started = /programBeside\('([^']+)'\)/g;

const programs = new Set(['cli']);
for (const file of globSync('main/*.js', { cwd: dist }))
  for (const [, name] of readFileSync(path.join(dist, file), 'utf8').matchAll(started)) programs.add(name);

const bundle = await rolldown({
  input: Object.fromEntries([...programs].map((name) => [name, path.join(dist, 'main', `${name}.js`)])),
  platform: 'node',
  // Packages stay what npm installs.
  external: (id) => !/^[./#]/.test(id),
});
rmSync(target, { recursive: true, force: true });
await bundle.write({ dir: target, format: 'esm', chunkFileNames: 'part-[name].js' });
await bundle.close();
