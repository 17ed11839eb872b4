#!/usr/bin/env node
// groups-from-find.mjs FIND.json --library DIR [--by acoustic|release|stream|exact]
//
// Turns what `reprise find --json` printed into the groups that score.mjs reads, on stdout. A group of find holds one
// recording; the narrower questions split it: exact by content hash, stream by audio hash, release by album and track
// number as tagged. Paths become relative to DIR, in the lossy spelling that truth.json has for names that are no UTF-8.
import fs from 'node:fs';
import path from 'node:path';

const fold = (text) => (text ?? '').normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();

/** What two files of one group must have in common to stay together. */
const KEYS = {
  acoustic: () => '',
  exact: (file) => file.contentHash,
  stream: (file) => file.audioHash,
  release: ({ tags, path }) => (tags?.album ? `${fold(tags.album)}\0${tags.track ?? ''}` : path),
};

const exactPath = (file) => (file.pathBase64 ? Buffer.from(file.pathBase64, 'base64').toString('utf8') : file.path);

function split(group, keyOf) {
  const parts = Map.groupBy(group.files, keyOf);
  return [...parts].filter(([key, files]) => key != null && files.length > 1).map(([, files]) => files);
}

/** The groups of a `find --json` document for one of the scorer's modes; see score.mjs for their form. */
export function groupsFromFind(document, library, by) {
  const keyOf = KEYS[by];
  const relative = (file) => path.relative(library, exactPath(file));
  const part = (group) => (files) => {
    const keeper = files.find((file) => file.path === group.keeper);
    return { paths: files.map(relative), ...(keeper ? { keep: relative(keeper) } : {}) };
  };
  return { groups: document.groups.flatMap((group) => split(group, keyOf).map(part(group))) };
}

if (import.meta.main) {
  const [file, ...rest] = process.argv.slice(2);
  const option = (name, fallback) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : fallback);
  const library = option('--library');
  const by = option('--by', 'acoustic');
  if (!file || !library || !KEYS[by]) {
    console.error('usage: groups-from-find.mjs FIND.json --library DIR [--by acoustic|release|stream|exact]');
    process.exit(2);
  }
  const document = JSON.parse(fs.readFileSync(file, 'utf8'));
  console.log(JSON.stringify(groupsFromFind(document, fs.realpathSync(library), by)));
}
