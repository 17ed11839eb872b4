import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaFiles } from '../../tools/document-schemas.mts';
import { referencePages } from '../../tools/reference-pages.mts';

const folder = resolve(import.meta.dirname, '../../docs/reference');

describe('docs/reference', () => {
  it.each([...referencePages(), ...schemaFiles()])(
    '%s says what the source says (else: npm run docs)',
    (name, text) => {
      expect(readFileSync(resolve(folder, name), 'utf8')).toBe(text);
    },
  );
});
