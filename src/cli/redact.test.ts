import { expect, it } from 'vitest';
import { redacted } from './redact.ts';

const HIDDEN = '[secret]';

it.each([
  [
    { authorization: 'Bearer abc', n: 1 },
    { authorization: HIDDEN, n: 1 },
  ],
  [
    { 'X-Api-Key': 'a', webhookSecret: 'b', accessToken: 'c' },
    { 'X-Api-Key': HIDDEN, webhookSecret: HIDDEN, accessToken: HIDDEN },
  ],
  [
    { url: 'http://a/ping?u=me&p=pw&t=tok&s=salt&v=1' },
    { url: `http://a/ping?u=me&p=${HIDDEN}&t=${HIDDEN}&s=${HIDDEN}&v=1` },
  ],
  [{ url: '/x?apiKey=k#end' }, { url: `/x?apiKey=${HIDDEN}#end` }],
  [{ reason: 'It said "Authorization: Bearer a.b-c=".' }, { reason: `It said "Authorization: Bearer ${HIDDEN}".` }],
  [{ message: 'https://me:pw@host/x' }, { message: `https://me:${HIDDEN}@host/x` }],
])('%j is written as %j', (fields, written) => {
  expect(redacted(fields as Record<string, string | number>)).toEqual(written);
});

it('leaves names of files as they are', () => {
  const fields = { path: '/music/Who?t=1&p=2/Bearer Song.flac', source: '/a?s=1', tokens: 2 };
  expect(redacted(fields)).toEqual(fields);
});
