// docs/accuracy.md, section by section: what one measurement records leaves the others as they are.
import fs from 'node:fs';
import path from 'node:path';

const docs = path.resolve(import.meta.dirname, '../../docs');

const INTRODUCTION = `# Accuracy

What the product says where the truth is known, made by \`npm run accuracy -- --record\`; how and why is in
[design/accuracy.md](design/accuracy.md). The kinds of change are measured on music that no constant was chosen on. Of the
libraries, *dev* is what the product is developed against, *alt* is other music with harsher changes, looked at rarely;
a pair is two files, and every pair of files of a library counts once.
`;
const SECTIONS = ['bars', 'peers', 'kinds', 'dev', 'alt', 'gate', 'fakes'];

/** Replaces sections of docs/accuracy.md, `{ NAME: text }`, and leaves the others. */
export function record(sections) {
  const file = path.join(docs, 'accuracy.md');
  const old = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : INTRODUCTION;
  const [, ...parts] = old.split(/^(?=### )/m);
  const all = { ...Object.fromEntries(parts.map((part) => [part.match(/^### (\w+)/)[1], part.trim()])), ...sections };
  const place = (name) => (SECTIONS.includes(name) ? SECTIONS.indexOf(name) : SECTIONS.length);
  const order = Object.keys(all).sort((a, b) => place(a) - place(b));
  fs.writeFileSync(file, `${INTRODUCTION}\n${order.map((name) => all[name].trim()).join('\n\n')}\n`);
}
