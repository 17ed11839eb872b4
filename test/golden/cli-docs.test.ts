import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaFiles } from '../../tools/document-schemas.mts';
import { codesIn, ERROR_CODES } from '../../tools/error-codes.mts';
import { openApiFiles } from '../../tools/openapi-page.mts';
import { referencePages } from '../../tools/reference-pages.mts';

const root = resolve(import.meta.dirname, '../..');
const folder = resolve(root, 'docs/reference');

describe('docs/reference', () => {
  it.each([...referencePages(), ...schemaFiles(), ...openApiFiles()])(
    '%s says what the source says (else: npm run docs)',
    (name, text) => {
      expect(readFileSync(resolve(folder, name), 'utf8')).toBe(text);
    },
  );
});

describe('error codes', () => {
  const sources = globSync('src/**/*.ts', { cwd: root })
    .filter((path) => !/\.(test|contract|generated)\.ts$/.test(path))
    .map((path) => readFileSync(resolve(root, path), 'utf8'));
  const used = new Set(sources.flatMap(codesIn));

  it('of the source are all explained (else: tools/error-codes.mts)', () => {
    expect([...used].filter((code) => !(code in ERROR_CODES)).sort()).toEqual([]);
  });

  it('that are explained exist', () => {
    expect(Object.keys(ERROR_CODES).filter((code) => !used.has(code))).toEqual([]);
  });
});
