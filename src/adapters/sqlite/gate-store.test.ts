import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { readPlace } from '#gate';
import { systemClock } from '#kernel';
import { describeGateStore } from '../../gate/gate-store.contract.ts';
import { openCatalogue } from './catalogue.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-gate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describeGateStore('SQLite', async () => {
  const catalogue = await openCatalogue(path.join(folder, 'catalogue.db'), { clock: systemClock, owner: 'a test' });
  const { apply, forgetUnheld } = catalogue;
  return { store: catalogue.gate(readPlace), apply, forgetUnheld, close: async () => catalogue[Symbol.asyncDispose]() };
});
