// npm run shape: how long files and functions are, by folder. Nothing fails over it; the tail is worth a look now and then.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
const listed = ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'test', 'tools'];
const files = execFileSync('git', listed, { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(
    (name) =>
      /\.(ts|mts|mjs)$/.test(name) && !/\.d\.ts$|\.generated\.ts$/.test(name) && fs.existsSync(path.join(root, name)),
  );

function folderOf(name) {
  const [top, second, third] = name.split('/');
  if (/\.(test|contract)\.ts$/.test(name)) return 'tests';
  if (second === 'adapters') return `src/adapters/${third}`;
  return top === 'src' ? `src/${second}` : top;
}

function functionsOf(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const line = (position) => source.getLineAndCharacterOfPosition(position).line;
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body && ts.isBlock(node.body)) {
      const start = line(node.getStart(source));
      const called = node.name ?? node.parent.name;
      found.push({
        where: `${name}:${start + 1} ${called?.getText?.(source) ?? ''}`,
        lines: line(node.end) - start + 1,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
function spread(lengths) {
  const sorted = lengths.toSorted((a, b) => a - b);
  return [sorted.length, at(sorted, 0.5), at(sorted, 0.95), sorted.at(-1) ?? 0];
}

const measured = files.map((name) => {
  const text = fs.readFileSync(path.join(root, name), 'utf8');
  return { name, folder: folderOf(name), lines: text.split('\n').length - 1, functions: functionsOf(name, text) };
});

/** Test bodies and describe blocks are no functions in the sense of this habit. */
const shipped = measured.filter(({ folder }) => folder.startsWith('src/'));
const row = (label, group) => {
  const cells = [
    ...spread(group.map(({ lines }) => lines)),
    ...spread(group.flatMap(({ functions }) => functions.map(({ lines }) => lines))),
  ];
  return label.padEnd(26) + cells.map((cell) => String(cell).padStart(8)).join('');
};
console.log(
  `${''.padEnd(26)}${['files', 'median', 'p95', 'largest', 'funcs', 'median', 'p95', 'largest'].map((word) => word.padStart(8)).join('')}`,
);
for (const [folder, group] of [...Map.groupBy(measured, ({ folder }) => folder)].sort())
  console.log(row(folder, group));
console.log(row('all of src, without tests', shipped));

const longest = (list) => list.toSorted((a, b) => b.lines - a.lines).slice(0, 10);
console.log('\nlongest files in src');
for (const { name, lines } of longest(shipped)) console.log(`${String(lines).padStart(6)}  ${name}`);
console.log('\nlongest functions in src');
for (const { where, lines } of longest(shipped.flatMap(({ functions }) => functions)))
  console.log(`${String(lines).padStart(6)}  ${where}`);
