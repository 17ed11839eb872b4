/** Messages on a stream of bytes: each is its length, four bytes, and so many bytes. */
import type { Socket } from 'node:net';
import { AppError } from '#kernel';

const HEAD_BYTES = 4;
const MOST_BYTES = 2 ** 32 - 1;

/** @throws AppError `daemon/too-much` where no frame can hold it */
export function sendFrame(socket: Socket, bytes: Uint8Array): void {
  if (bytes.length > MOST_BYTES) throw tooMuch();
  const head = new Uint8Array(HEAD_BYTES);
  new DataView(head.buffer).setUint32(0, bytes.length);
  socket.cork();
  socket.write(head);
  socket.write(bytes);
  socket.uncork();
}

/** Calls back with each frame that arrives whole, in order, until the stream ends. */
export function onFrames(socket: Socket, take: (bytes: Uint8Array) => void): void {
  let pieces: Buffer[] = [];
  let held = 0;
  let wanted: number | undefined;
  const cut = (length: number): Buffer => {
    const all = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, held);
    pieces = [all.subarray(length)];
    held -= length;
    return all.subarray(0, length);
  };
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    held += piece.length;
    for (;;) {
      if (wanted === undefined) {
        if (held < HEAD_BYTES) return;
        wanted = cut(HEAD_BYTES).readUInt32BE();
      }
      if (held < wanted) return;
      const frame = cut(wanted);
      wanted = undefined;
      take(frame);
    }
  });
}

function tooMuch(): AppError {
  return new AppError('daemon/too-much', 'The answer is too large to be handed over by the daemon.', {
    kind: 'exhausted',
    hint: 'Stop the daemon and run the command again, or ask for less.',
  });
}
