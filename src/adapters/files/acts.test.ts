import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { attributesOf, setAttribute } from '../../../test/support/attributes.ts';
import { describeFileActs } from '../../filing/file-acts.contract.ts';
import { createFileActs } from './index.ts';
import { libc } from './libc.ts';

it('the C library is loaded, so that what follows is about it', () => {
  expect(libc()).toBeDefined();
});

describeFileActs({
  name: 'this machine',
  create: createFileActs,
  folders: [tmpdir(), existsSync('/dev/shm') ? '/dev/shm' : tmpdir()],
  ...{ timeErrorNs: 0, canExchange: true },
  attributes: { set: setAttribute, get: attributesOf },
});
