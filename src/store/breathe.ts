import { cancelled } from '#kernel';

/** Lets others have their turn. @throws AppError `run/cancelled` */
export async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw cancelled();
}
