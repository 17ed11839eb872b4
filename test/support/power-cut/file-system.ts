/** From requests of the kernel to their answers. One at a time, each whole before the next. */
import { createRandom } from '../music.ts';
import { answerData, flush } from './data-requests.ts';
import { createFaults } from './faults.ts';
import { type Answer, answerNames } from './name-requests.ts';
import { openNodes, TIME_GRANULARITY } from './nodes.ts';
import { encodeInit, encodeReply, OP, parseRequest } from './protocol.ts';
import { Refusal } from './refusal.ts';
import type { DiskFaults, DiskSetup, RequestCounts } from './setup.ts';
import { chooseLandings } from './tear.ts';

export interface FileSystem {
  readonly counts: RequestCounts;
  setFaults(faults: DiskFaults): void;
  /** @returns the answer; `undefined` where none is expected */
  answer(request: Buffer): Buffer | undefined;
  /** Puts all that is held back on the disk. */
  flush(): void;
  /** The power goes: this process ends at once, after what survives is on the disk. */
  cut(): never;
}

export function createFileSystem({ backing, seed, tear = false, faults: first = {} }: DiskSetup): FileSystem {
  const nodes = openNodes(backing);
  const cut = (): never => {
    const held = tear ? nodes.dirty().map((node) => node.held) : [];
    for (const [at, landing] of chooseLandings(held, createRandom(seed)).entries()) held[at]?.land(landing);
    process.kill(process.pid, 'SIGKILL');
    throw new Error('a killed process goes on');
  };
  const faults = createFaults(first, cut);
  const answers: Readonly<Record<number, Answer>> = {
    ...answerNames(nodes, faults),
    ...answerData(nodes, faults),
    [OP.init]: ({ body }) => encodeInit(body, TIME_GRANULARITY),
    [OP.interrupt]: () => undefined,
  };
  // The kernel stops asking for what is not implemented.
  const refuse: Answer = () => {
    throw new Refusal('ENOSYS');
  };
  return {
    counts: faults.counts,
    setFaults: faults.set,
    cut,
    flush: () => nodes.dirty().forEach(flush),
    answer(bytes) {
      const request = parseRequest(bytes);
      try {
        const payload = (answers[request.opcode] ?? refuse)(request);
        return payload && encodeReply(request.unique, 0, payload);
      } catch (error) {
        const errno = error instanceof Refusal ? error.errno : systemErrno(error);
        return encodeReply(request.unique, errno, Buffer.alloc(0));
      }
    },
  };
}

/** What the backing folder said is what the disk says. Anything else is a bug, which ends the process. */
function systemErrno(error: unknown): number {
  const { errno, syscall } = error as NodeJS.ErrnoException;
  if (errno === undefined || syscall === undefined) throw error;
  return errno;
}
