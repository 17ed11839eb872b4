import { expect, it } from 'vitest';
import { WEBHOOK_EVENTS } from '#config';
import type { GateEventBody } from './index.ts';

it('webhooks can be told of all that the gate tells', () => {
  const told: Record<GateEventBody['type'], true> = { 'file.judged': true, 'file.failed': true, 'file.promoted': true };
  expect([...WEBHOOK_EVENTS].sort()).toEqual(Object.keys(told).sort());
});
