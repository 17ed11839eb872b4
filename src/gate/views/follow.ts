/** Keeps views up to date with what the gate tells. */
import { AppError } from '#kernel';
import type { GateEvent, GateEventBody } from '../model.ts';
import type { View, ViewOptions } from './view.ts';

/**
 * Shows and hides files as they are judged, until the events end. What goes wrong is told, and put right by the next
 * reconciliation; the events should begin where the last one began, so that none is missed between.
 */
export async function followEvents(
  views: readonly View[],
  events: AsyncIterable<GateEvent>,
  options: ViewOptions,
): Promise<void> {
  for await (const { body } of events) {
    if (options.signal.aborted) return;
    await Promise.all(views.map((view) => follow(view, body, options)));
  }
}

async function follow(view: View, body: GateEventBody, options: ViewOptions): Promise<void> {
  try {
    await change(view, body, options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.kind !== 'cancelled') options.onTrouble(error);
  }
}

async function change(view: View, body: GateEventBody, options: ViewOptions): Promise<void> {
  switch (body.type) {
    case 'file.judged': {
      if (body.inbox !== view.inbox) return;
      const { path, placed, verdict } = body.verdict;
      const isShown = body.isAdmitted || verdict === 'unknown';
      return isShown ? await view.show({ path, placed }, options) : await view.hide(path, options);
    }
    case 'file.renamed':
      if (body.inbox !== view.inbox) return;
      await view.hide(body.from, options);
      return await view.show({ path: body.path, placed: null }, options);
    case 'file.promoted':
      await view.hide(body.insteadOf, options);
      return await view.show({ path: body.path, placed: null }, options);
    case 'file.failed':
      return;
  }
}
