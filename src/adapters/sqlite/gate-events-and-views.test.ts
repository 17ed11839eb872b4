import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { openGateStore } from '../../../test/support/gate-store.ts';
import { describeEventStore } from '../../gate/event-store.contract.ts';
import { describeViewStore } from '../../gate/view-store.contract.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-gate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openGateStore(path.join(folder, 'catalogue.db'));

describeEventStore('SQLite', async () => {
  const { store, addEvents, ...gate } = open();
  return { store, addEvents, close: async () => gate[Symbol.dispose]() };
});

describeViewStore('SQLite', async () => {
  const { store, judge, ...gate } = open();
  return { store, judge: (file) => judge([file]), close: async () => gate[Symbol.dispose]() };
});
