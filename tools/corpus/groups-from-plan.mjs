#!/usr/bin/env node
// groups-from-plan.mjs PLAN.json --library DIR
//
// Turns a plan that `reprise keep --json` printed into the groups that score.mjs reads, on stdout: each keeper with the
// files that go for its sake. Paths as in groups-from-find.mjs.
import fs from 'node:fs';
import path from 'node:path';

const exact = (item, key) =>
  item[`${key}PathBase64`] ? Buffer.from(item[`${key}PathBase64`], 'base64').toString('utf8') : item[key];

/** The groups of a plan; items without a keeper of their own (sidecars, playlists) belong to none. */
export function groupsFromPlan({ items }, library) {
  const relative = (item, key) => path.relative(library, exact(item, key));
  const kept = Map.groupBy(
    items.filter(({ keeper }) => keeper !== null),
    (item) => relative(item, 'keeper'),
  );
  return {
    groups: [...kept].map(([keep, some]) => ({ keep, paths: [keep, ...some.map((item) => relative(item, 'source'))] })),
  };
}

if (import.meta.main) {
  const [file, ...rest] = process.argv.slice(2);
  const library = rest[rest.indexOf('--library') + 1];
  if (!file || !rest.includes('--library') || !library) {
    console.error('usage: groups-from-plan.mjs PLAN.json --library DIR');
    process.exit(2);
  }
  console.log(JSON.stringify(groupsFromPlan(JSON.parse(fs.readFileSync(file, 'utf8')), fs.realpathSync(library))));
}
