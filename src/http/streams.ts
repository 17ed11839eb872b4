/**
 * Server-sent events. A stream gives what its client takes: nothing is gathered for one that reads slowly, and where it
 * goes away the source is told. Whoever hears nothing for a while hears a comment.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { eventDocument, type GateEvent } from '#gate';
import { exactDocument } from '#kernel';

/** @param stop ends the events; called once, when nobody listens any more or they have ended, with the error that ended them */
export function eventStream(
  events: AsyncIterable<GateEvent>,
  heartbeatSeconds: number,
  stop: (error?: unknown) => void,
): ReadableStream<Uint8Array> {
  const source = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<GateEvent>> | undefined;
  let hasEnded = false;
  const end = (error?: unknown): void => {
    if (hasEnded) return;
    hasEnded = true;
    stop(error);
  };
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(': listening\n\n')),
    async pull(controller) {
      try {
        next ??= source.next();
        const step = await within(next, heartbeatSeconds * 1000);
        if (step === undefined) return controller.enqueue(encoder.encode(': still here\n\n'));
        next = undefined;
        if (step.done !== true) return controller.enqueue(encoder.encode(eventText(step.value)));
        end();
        controller.close();
      } catch (error) {
        // The answer has begun, so all that can be said is that it is over; a client comes again.
        end(error);
        controller.close();
      }
    },
    cancel: () => end(),
  });
}

function eventText(event: GateEvent): string {
  // JSON has no bare line breaks, so the data is one line.
  return `id: ${event.n}\nevent: ${event.body.type}\ndata: ${JSON.stringify(exactDocument(eventDocument(event)))}\n\n`;
}

/** What the promise brings, or `undefined` where it takes longer. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
