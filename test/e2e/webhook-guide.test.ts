/** The code that docs/guide/webhooks.md gives to receivers, tried on what is really sent. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver, type GateEventBody, type WebhookRequest } from '#gate';
import { type BytePath, systemClock } from '#kernel';
import { openGateStore } from '../support/gate-store.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/guide/webhooks.md'), 'utf8');
const codeOf = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(guide)?.[1] ?? '';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-guide-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the outbox sends of an event, with this secret. */
async function sent(secret: string): Promise<WebhookRequest> {
  using gate = openGateStore(path.join(folder, `${Math.random()}.db`));
  const body: GateEventBody = { type: 'file.failed', path: '/in/é\n.mp3' as BytePath, code: 'a/b', message: 'ü "c"' };
  await gate.store.fanOut(['player']);
  gate.addEvents([body], Date.now());
  const stop = new AbortController();
  const requests: WebhookRequest[] = [];
  await deliver(
    {
      webhooks: [{ name: 'player', url: 'http://player/', format: 'reprise', events: [], secret }],
      send: async (request) => {
        requests.push(request);
        stop.abort();
        return { status: 200 };
      },
      ...{ store: gate.store, clock: systemClock, random: Math.random, sleep: async () => undefined },
    },
    { signal: stop.signal, onTrouble: () => undefined },
  );
  return requests[0] as WebhookRequest;
}

interface Question {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const LANGUAGES = {
  python: {
    file: 'verify.py',
    command: 'python3',
    asks: `
import json, sys
for each in json.load(sys.stdin):
    print(verify(each["secret"], each["headers"], each["body"].encode()))
`,
  },
  js: {
    file: 'verify.mjs',
    command: process.execPath,
    asks: `
import { readFileSync } from 'node:fs';
for (const { secret, headers, body } of JSON.parse(readFileSync(0, 'utf8'))) console.log(verify(secret, headers, body));
`,
  },
};

describe.each(Object.entries(LANGUAGES))('the guide in %s', (language, { file, command, asks }) => {
  const isThere = spawnSync(command, ['--version']).status === 0;
  // Python is no part of the product; where it is missing, the skipped test says so.
  it.skipIf(!isThere)('accepts what was signed, and nothing else', async () => {
    const program = path.join(folder, file);
    writeFileSync(program, codeOf(language) + asks);
    const ask = (questions: readonly Question[]): string[] => {
      const { stdout, stderr } = spawnSync(command, [program], { input: JSON.stringify(questions), encoding: 'utf8' });
      expect(stderr).toBe('');
      return stdout.trim().toLowerCase().split('\n');
    };
    for (const secret of [`whsec_${Buffer.from('24 bytes of some secret.').toString('base64')}`, 'just a téxt']) {
      const { headers, body } = await sent(secret);
      const signature = headers['webhook-signature'] as string;
      expect(
        ask([
          { secret, headers, body },
          { secret, headers: { ...headers, 'webhook-signature': `v1,AAAA ${signature}` }, body },
          { secret: 'whsec_b3RoZXI=', headers, body },
          { secret, headers, body: body.replace('/in/', '/IN/') },
          { secret, headers: { ...headers, 'webhook-id': 'evt_0' }, body },
          { secret, headers: { ...headers, 'webhook-timestamp': '1700000000' }, body },
        ]),
      ).toEqual(['true', 'true', 'false', 'false', 'false', 'false']);
    }
  });
});
