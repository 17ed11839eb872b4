/**
 * Tells webhooks what has happened: each event at least once, to each webhook in the order of the events. All that has to be
 * remembered is in the store, so neither a crash nor a receiver that is down loses anything. A webhook that fails holds up
 * nobody but itself: its next attempt comes after a time that doubles from seconds to an hour, with chance in it so that
 * receivers that come back are not met by everybody at once. After days of that, what has waited as long is given up.
 * @see docs/design/views-and-webhooks.md
 */
import { AppError, type Clock, type Failure } from '#kernel';
import { eventDocument, eventId } from './event-document.ts';
import { flaczkowniaBody } from './flaczkownia-body.ts';
import type { GateEvent } from './model.ts';
import type { Delivery, EventStore } from './ports.ts';
import { webhookSignature } from './webhook-signature.ts';

/** Who is told. */
export interface Webhook {
  readonly name: string;
  readonly url: string;
  readonly format: 'reprise' | 'flaczkownia';
  /** Types of events; empty: all. */
  readonly events: readonly string[];
  /** What its events are signed with; `null`: unsigned. Never logged. */
  readonly secret: string | null;
}

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts it, follows no redirect, and waits for an answer, but not for ever. Fulfilled by `adapters/webhooks`.
 * @throws AppError `webhooks/…` where no answer came
 */
export type SendWebhook = (request: WebhookRequest, signal: AbortSignal) => Promise<{ readonly status: number }>;

export interface OutboxParts {
  readonly store: EventStore;
  readonly webhooks: readonly Webhook[];
  readonly send: SendWebhook;
  readonly clock: Clock;
  /** Ends early where the signal fires, whether by rejecting or not. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** 0 … 1, without 1. */
  readonly random: () => number;
}

export interface DeliverOptions {
  readonly signal: AbortSignal;
  /** Told of each attempt that failed. */
  readonly onTrouble: (trouble: WebhookTrouble) => void;
}

export interface WebhookTrouble {
  readonly webhook: string;
  readonly failure: Failure;
  /** When it is tried again, milliseconds since 1970; `null` where events were given up. */
  readonly retryAt: number | null;
  /** How many events it will not be told any more. */
  readonly givenUp: number;
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/** How long after an event it is noticed. Chosen. */
const LOOK_EVERY = SECOND;
/** Read at once. Chosen. */
const MOST_AT_ONCE = 100;
/** The first wait; each is twice the last one. Chosen. */
const FIRST_WAIT = 5 * SECOND;
const LONGEST_WAIT = HOUR;
/** What waited less long is not given up. */
const PATIENCE = 3 * DAY;
/** At least {@link PATIENCE}: ten waits grow to an hour, the others last half an hour at least; five days as a rule. */
const MOST_ATTEMPTS = 10 + PATIENCE / (LONGEST_WAIT / 2);
/** How long events are kept for those who ask what happened. Chosen. */
const KEEP_EVENTS = 30 * DAY;

/** Works until the signal. Rejects where the store does, never because of a receiver. */
export async function deliver(parts: OutboxParts, options: DeliverOptions): Promise<void> {
  const broken = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal]);
  const works = [
    ...parts.webhooks.map((webhook) => tellOne(webhook, parts, { ...options, signal })),
    tidyUp(parts, signal),
  ];
  const ends = await Promise.allSettled(
    works.map((work) =>
      work.catch((error: unknown) => {
        broken.abort();
        throw error;
      }),
    ),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

async function tidyUp(parts: OutboxParts, signal: AbortSignal): Promise<void> {
  const names = parts.webhooks.map(({ name }) => name);
  while (!signal.aborted) {
    // What nobody was told to deliver yet does not count as waited for.
    await parts.store.fanOut(names);
    await parts.store.forgetEvents(parts.clock.now() - KEEP_EVENTS, names);
    await sleep(parts, HOUR, signal);
  }
}

async function tellOne(webhook: Webhook, parts: OutboxParts, options: DeliverOptions): Promise<void> {
  while (!options.signal.aborted) {
    await parts.store.fanOut([webhook.name]);
    const due = await parts.store.dueDeliveries(webhook.name, parts.clock.now(), MOST_AT_ONCE);
    const pause = await tellAll(due, webhook, parts, options);
    if (pause > 0 || due.length < MOST_AT_ONCE) await sleep(parts, Math.max(pause, LOOK_EVERY), options.signal);
  }
}

/** In order, up to the first that fails. @returns how long to leave the webhook alone, in milliseconds */
async function tellAll(
  due: readonly Delivery[],
  webhook: Webhook,
  parts: OutboxParts,
  options: DeliverOptions,
): Promise<number> {
  for (const delivery of due) {
    if (options.signal.aborted) break;
    const failure = await tell(delivery.event, webhook, parts, options.signal);
    if (failure === undefined) await parts.store.delivered(delivery.id, parts.clock.now());
    // What was broken off by our own end is no failure.
    else return options.signal.aborted ? 0 : await putOff(delivery, failure, webhook, parts, options);
  }
  return 0;
}

/** `undefined` where it was told, or is none of the webhook's business. */
async function tell(
  event: GateEvent,
  webhook: Webhook,
  { send, clock }: OutboxParts,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const body = bodyFor(event, webhook);
  if (body === undefined) return undefined;
  try {
    const { status } = await send(requestOf(event, webhook, body, clock.now()), signal);
    return status >= 200 && status < 300 ? undefined : refusal(webhook, status);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, message: `The webhook "${webhook.name}" could not be told: ${error.message}` };
  }
}

function bodyFor(event: GateEvent, { format, events }: Webhook): string | undefined {
  if (events.length > 0 && !events.includes(event.body.type)) return undefined;
  const body = format === 'reprise' ? eventDocument(event) : flaczkowniaBody(event.body);
  return body && JSON.stringify(body);
}

function requestOf(event: GateEvent, { url, secret }: Webhook, body: string, now: number): WebhookRequest {
  const message = { id: eventId(event), timestamp: Math.floor(now / SECOND), body };
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'reprise',
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    ...(secret !== null && { 'webhook-signature': webhookSignature(message, secret) }),
  };
  return { url, headers, body };
}

/** What a receiver says that will never be there again. */
const GONE = 410;

function refusal({ name }: Webhook, status: number): Failure {
  if (status === GONE)
    return { code: 'webhooks/gone', message: `The webhook "${name}" says that it is gone for good.` };
  const redirect = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  return { code: 'webhooks/refused', message: `The webhook "${name}" answered with status ${status}${redirect}.` };
}

/** Sees to it that it is tried again later, or not at all. @returns how long to leave the webhook alone, in milliseconds */
async function putOff(
  { id, event, attempts }: Delivery,
  failure: Failure,
  webhook: Webhook,
  parts: OutboxParts,
  options: DeliverOptions,
): Promise<number> {
  const now = parts.clock.now();
  if (failure.code === 'webhooks/gone') {
    await giveUp(Number.MAX_SAFE_INTEGER, failure, webhook, parts, options);
    return LONGEST_WAIT;
  }
  if (attempts + 1 >= MOST_ATTEMPTS) {
    // With it go all that waited as long: the receiver, not the event, is what failed.
    await giveUp(Math.max(event.at + 1, now - PATIENCE), failure, webhook, parts, options);
    return 0;
  }
  const retryAt = Math.ceil(now + waitAfter(attempts + 1, parts.random()));
  await parts.store.deliveryFailed(id, failure.message, retryAt);
  options.onTrouble({ webhook: webhook.name, failure, retryAt, givenUp: 0 });
  return 0;
}

async function giveUp(
  happenedBefore: number,
  failure: Failure,
  { name }: Webhook,
  { store, clock }: OutboxParts,
  { onTrouble }: DeliverOptions,
): Promise<void> {
  const givenUp = await store.giveUp(name, happenedBefore, clock.now());
  const message = `${failure.message} Of what it was to be told, ${givenUp} ${givenUp === 1 ? 'event is' : 'events are'} given up.`;
  onTrouble({ webhook: name, failure: { ...failure, message }, retryAt: null, givenUp });
}

/** Milliseconds until the next attempt: half of them certain, the other half by chance. */
function waitAfter(attempts: number, chance: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1)) * (1 - chance / 2);
}

async function sleep(parts: OutboxParts, milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await parts.sleep(milliseconds, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
