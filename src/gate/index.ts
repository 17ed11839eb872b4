/** The live import gate: a file arrives, is judged, and is admitted, held or refused. */
export { createGate } from './create-gate.ts';
export { eventDocument, verdictDocument } from './event-document.ts';
export { createFilingHands } from './filing-hands.ts';

export type * from './gate.ts';
export type { HandledFile, Hands } from './hands.ts';
export type * from './inbox/ports.ts';
export type { ReadyFile } from './inbox/readiness.ts';
export { type InboxParts, type InboxRun, type WatchedFolder, watchInbox } from './inbox/watch-inbox.ts';
export * from './model.ts';
export {
  type DeliverOptions,
  deliver,
  type OutboxParts,
  type SendWebhook,
  type Webhook,
  type WebhookRequest,
  type WebhookTrouble,
} from './outbox.ts';
export type { GateParts } from './parts.ts';
export type { Inbox, Policy } from './policy.ts';
export type * from './ports.ts';
export { type ReleasePlace, readPlace, type TuplePart } from './release.ts';
export { followEvents } from './views/follow.ts';
export type { ViewActs } from './views/own-entries.ts';
export type { ViewChange, ViewReport } from './views/reconcile.ts';
export type { ViewedInbox, ViewPlace } from './views/run.ts';
export { createView, type ReconcileOptions, type View, type ViewOptions, type ViewParts } from './views/view.ts';
