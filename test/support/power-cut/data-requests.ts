/** Requests about bytes: what is written is held back until it is synced. */
import type { Faults } from './faults.ts';
import type { Answer } from './name-requests.ts';
import { heldOf, type Node, type Nodes, setTimes, touch } from './nodes.ts';
import { encodeOpened, encodeWritten, OP, u64 } from './protocol.ts';

const NOTHING = Buffer.alloc(0);
const WRITE_HEADER = 40;

export function answerData(nodes: Nodes, faults: Faults): Readonly<Record<number, Answer>> {
  return {
    [OP.open]({ node }) {
      nodes.get(node).opens += 1;
      return encodeOpened(0);
    },
    [OP.release](request) {
      const node = nodes.get(request.node);
      node.opens -= 1;
      if (node.opens === 0) node.closeHeld?.();
      return NOTHING;
    },
    [OP.read]({ node, body }) {
      const [position, length] = [u64(body, 8), body.readUInt32LE(16)];
      faults.onRead(node, position, length);
      return heldOf(nodes.get(node)).read(position, length);
    },
    [OP.write](request) {
      const node = nodes.get(request.node);
      const taken = faults.onWrite(request.body.readUInt32LE(16));
      const bytes = request.body.subarray(WRITE_HEADER, WRITE_HEADER + taken);
      heldOf(node).write(bytes, u64(request.body, 8));
      touch(node);
      return encodeWritten(taken);
    },
    [OP.fsync](request) {
      const node = nodes.get(request.node);
      try {
        faults.onSync();
      } catch (error) {
        node.held?.failToFlush();
        throw error;
      }
      flush(node);
      return NOTHING;
    },
  };
}

/** What is held of a file goes to the disk. */
export function flush(node: Node): void {
  node.held?.flush();
  if (node.mtimeNs !== undefined) setTimes(node, {});
}
