// Compiles every src/**/kernels/NAME.as.ts to WebAssembly SIMD and writes it beside itself as
// NAME.generated.ts, a module that exports the binary as base64, so that the core needs no file
// access to load it. Kernels may import each other, so nothing is compiled only where every kernel is older than the output.
// A first line "// asc: FLAGS" adds flags of its own.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const asc = path.join(
  path.dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')),
  'bin/asc.js',
);
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const sources = globSync('src/**/kernels/*.as.ts', { cwd: root }).sort();
const newest = Math.max(...sources.map((source) => modified(path.join(root, source))));

for (const source of sources) {
  const target = source.replace(/\.as\.ts$/, '.generated.ts');
  if (modified(path.join(root, target)) > newest) continue;
  const scratch = mkdtempSync(path.join(tmpdir(), 'reprise-kernel-'));
  const binary = path.join(scratch, 'kernel.wasm');
  const flags = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];
  const own = /^\/\/ asc: (.*)/.exec(readFileSync(path.join(root, source), 'utf8'))?.[1]?.split(' ') ?? [];
  execFileSync(process.execPath, [asc, source, '-o', binary, ...flags, ...own], { cwd: root, stdio: 'inherit' });
  const base64 = readFileSync(binary).toString('base64');
  writeFileSync(
    path.join(root, target),
    `// Made by tools/build-kernels.mjs.\nexport const WASM_BASE64: string =\n  '${base64}';\n`,
  );
  rmSync(scratch, { recursive: true });
}
