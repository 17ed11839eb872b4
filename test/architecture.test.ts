/** A newcomer finds every source file from the tree in ARCHITECTURE.md. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const words = new Set(readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8').match(/[a-z0-9-]+/g));

it('ARCHITECTURE.md names every folder and file of src', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).filter(
    (file) => !/\.(test|contract|generated)\.ts$/.test(file),
  );
  const parts = new Set(sources.flatMap((file) => file.replace(/(\.as|\.d)?\.ts$/, '').split('/')));
  const unnamed = [...parts].filter((part) => part !== 'index' && !words.has(part));
  expect(unnamed).toEqual([]);
});
