/** `npm run docs`: writes the generated pages of docs/reference. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { schemaFiles } from './document-schemas.mts';
import { openApiFiles } from './openapi-page.mts';
import { referencePages } from './reference-pages.mts';

const folder = resolve(import.meta.dirname, '../docs/reference');
mkdirSync(folder, { recursive: true });
for (const [name, text] of [...referencePages(), ...schemaFiles(), ...openApiFiles()]) {
  writeFileSync(join(folder, name), text);
  console.log(`docs/reference/${name}`);
}
