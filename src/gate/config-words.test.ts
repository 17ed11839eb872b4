/** What the settings say of the gate against what the gate knows. */
import { expect, it } from 'vitest';
import { PLACE_FIELDS, WEBHOOK_EVENTS } from '#config';
import type { AppError, BytePath } from '#kernel';
import type { GateEventBody } from './index.ts';
import { placeName } from './placement/place-name.ts';

it('webhooks can be told of all that the gate tells', () => {
  const told: Record<GateEventBody['type'], true> = {
    'file.judged': true,
    'file.failed': true,
    'file.renamed': true,
    'file.promoted': true,
  };
  expect([...WEBHOOK_EVENTS].sort()).toEqual(Object.keys(told).sort());
});

it('templates may name all fields that can be filled, and no others', () => {
  let hint: string | undefined;
  try {
    placeName('{no such field}', { tags: {}, name: 'a.mp3' as BytePath });
  } catch (error) {
    hint = (error as AppError).hint;
  }
  expect(hint).toBe(`Fields are ${PLACE_FIELDS.map((field) => `{${field}}`).join(', ')}.`);
});
