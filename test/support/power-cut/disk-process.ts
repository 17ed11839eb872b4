/**
 * The process that is the disk: `node disk-process.ts SETUP`, started by `disk.ts` with a channel for messages. Ends when
 * it is unmounted, after everything is on the disk; killed, it leaves what was synced. Where its parent ends, it takes its
 * mount with it. It must not touch its own mount, for it would wait for itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { openSync, read, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createFileSystem } from './file-system.ts';
import { MAX_REQUEST } from './protocol.ts';
import type { DiskMessage, DiskSetup } from './setup.ts';

const setup = JSON.parse(process.argv[2] ?? '') as DiskSetup;
const MOUNT_LIMIT_MS = 10_000;
const AGAIN = new Set(['EINTR', 'EAGAIN', 'ENOENT']);

// The kernel has applied the mask of who asks already.
process.umask(0);
const fileSystem = createFileSystem(setup);
const device = openSync('/dev/fuse', 'r+');
mount();
process.on('message', obey);
process.on('disconnect', giveUp);
serve(Buffer.alloc(MAX_REQUEST));
process.send?.(fileSystem.counts);
// Else only a process that is not killed would leave its compiled code to the next.
flushCompileCache();

function mount(): void {
  const options = `fd=3,rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions`;
  const { status, stderr } = spawnSync(
    'mount',
    ['-i', '-t', 'fuse', '-o', options, `reprise-power-cut-${process.ppid}`, setup.mountPoint],
    { stdio: ['ignore', 'ignore', 'pipe', device], encoding: 'utf8', timeout: MOUNT_LIMIT_MS },
  );
  if (status !== 0) throw new Error(`The power-cut disk cannot be mounted: ${stderr}`);
}

/** Waits for requests beside the messages, so that both are served. */
function serve(buffer: Buffer): void {
  read(device, buffer, 0, buffer.length, null, (error, length) => {
    if (error?.code === 'ENODEV') end();
    else if (error && !AGAIN.has(error.code ?? '')) throw error;
    else {
      if (!error) answer(buffer.subarray(0, length));
      serve(buffer);
    }
  });
}

function answer(request: Buffer): void {
  const reply = fileSystem.answer(request);
  if (reply === undefined) return;
  try {
    writeSync(device, reply);
  } catch (error) {
    // Nobody waits for the answer any more.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function obey({ faults, cut }: DiskMessage): void {
  if (cut) fileSystem.cut();
  if (faults !== undefined) fileSystem.setFaults(faults);
  process.send?.(fileSystem.counts);
}

/** Unmounted. */
function end(): void {
  fileSystem.flush();
  process.exit(0);
}

/** Nobody is left who could unmount. While the mount goes, its requests are served. */
function giveUp(): void {
  spawn('umount', ['--lazy', setup.mountPoint], { stdio: 'ignore' }).once('close', () => fileSystem.cut());
}
