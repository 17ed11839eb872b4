import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { webhookSignature } from './webhook-signature.ts';

it('is the one of the convention', () => {
  // The example of the reference libraries. @see https://github.com/standard-webhooks/standard-webhooks
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
  const signature = webhookSignature(message, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

it('takes any other secret as the text that it is', () => {
  const message = { id: 'evt_1', timestamp: 1, body: 'grüße' };
  for (const secret of ['tōp secret', 'whsec_not base64!']) {
    const expected = createHmac('sha256', Buffer.from(secret)).update('evt_1.1.grüße').digest('base64');
    expect(webhookSignature(message, secret)).toBe(`v1,${expected}`);
  }
});
