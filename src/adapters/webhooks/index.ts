/** Tells other programs over HTTP. */
export { createSendWebhook } from './send.ts';
