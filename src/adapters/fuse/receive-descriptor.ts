/**
 * An open file from another process, over a socket of the system: Node has no call for that, so the C library's is used.
 * @see https://man7.org/linux/man-pages/man3/cmsg.3.html
 */
import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AppError } from '#kernel';

const [AF_UNIX, SOCK_STREAM] = [1, 1];
const [SOL_SOCKET, SCM_RIGHTS] = [1, 1];
/** A header of 16 bytes, a descriptor of 4, both aligned to 8. */
const CONTROL_BYTES = 24;
const CONTROL_HEADER = 16;

/**
 * @param ask has somebody send it through the socket with this descriptor
 * @throws AppError `store/no-fuse` where the C library cannot be called; what `ask` throws
 */
export function receiveDescriptor(ask: (socket: number) => void): number {
  const library = load();
  const pair = new Int32Array(2);
  if (library.socketpair(AF_UNIX, SOCK_STREAM, 0, pair) !== 0) throw noReceiver(new Error('socketpair'));
  const [ours = -1, theirs = -1] = pair;
  try {
    ask(theirs);
    return library.receive(ours);
  } finally {
    closeSync(ours);
    closeSync(theirs);
  }
}

interface Library {
  socketpair(domain: number, type: number, protocol: number, pair: Int32Array): number;
  receive(socket: number): number;
}

function load(): Library {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const library = koffi.load('libc.so.6');
    const iovec = koffi.struct({ base: 'uint8_t *', length: 'size_t' });
    const message = koffi.struct({
      name: 'void *',
      nameLength: 'uint32_t',
      parts: koffi.pointer(iovec),
      partCount: 'size_t',
      control: 'uint8_t *',
      controlLength: 'size_t',
      flags: 'int',
    });
    const recvmsg = library.func('recvmsg', 'intptr_t', ['int', koffi.inout(koffi.pointer(message)), 'int']);
    return {
      socketpair: library.func('int socketpair(int, int, int, _Out_ int *)'),
      receive(socket) {
        const control = Buffer.alloc(CONTROL_BYTES);
        const parts = [{ base: Buffer.alloc(1), length: 1 }];
        const given = {
          name: null,
          nameLength: 0,
          parts,
          partCount: 1,
          control,
          controlLength: CONTROL_BYTES,
          flags: 0,
        };
        if (recvmsg(socket, given, 0) <= 0) throw noReceiver(new Error('nothing was sent'));
        const isRights = control.readInt32LE(8) === SOL_SOCKET && control.readInt32LE(12) === SCM_RIGHTS;
        if (!isRights) throw noReceiver(new Error('no descriptor was sent'));
        return control.readInt32LE(CONTROL_HEADER);
      },
    };
  } catch (cause) {
    throw noReceiver(cause);
  }
}

function noReceiver(cause: unknown): AppError {
  return new AppError('store/no-fuse', 'The mounted device could not be taken over from fusermount3.', {
    kind: 'unavailable',
    hint: 'Install Reprise with its optional package "koffi", or mount as root.',
    cause,
  });
}
