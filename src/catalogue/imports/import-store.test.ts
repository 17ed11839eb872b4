import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openStore } from '../../../test/support/music-folder.ts';
import { describeImportStore } from './import-store.contract.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-imports-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describeImportStore('SQLite', () => openStore({ catalogue: path.join(folder, 'catalogue.db') }));
