import type { TagParts } from '#filing';
import { openFile } from '../adapters/files/index.ts';
import { createTagWriter } from '../adapters/tag-writer/index.ts';

/** Writes tags by their bytes, and reads them by the parser that the catalogue is filled with, loaded when it is needed. */
export function createTagParts(): TagParts {
  return {
    writer: createTagWriter(),
    async read(path) {
      const { createTagReader } = await import('../adapters/tags/index.ts');
      using file = openFile(path);
      return await createTagReader().read(file);
    },
  };
}
