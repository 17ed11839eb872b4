/** The same acts where the C library does not load: poorer in what the subject says, and no less safe. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { vi } from 'vitest';
import { describeFileActs } from '../../filing/file-acts.contract.ts';
import { createFileActs } from './index.ts';

vi.mock(import('./libc.ts'), async (original) => ({ ...(await original()), libc: () => undefined }));

describeFileActs({
  name: 'this machine without its C library',
  create: createFileActs,
  folders: [tmpdir(), existsSync('/dev/shm') ? '/dev/shm' : tmpdir()],
  // Node takes times before 1970 as dates, which have milliseconds.
  ...{ timeErrorNs: 999_999, canExchange: false },
});
