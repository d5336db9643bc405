import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { newSecret, parseSecret, standardWebhooksSecret } from './secret.js';
import type { SeenEvents } from './seen-events.js';
import { signPeridio } from './sign.js';
import { RetryLater, WEBHOOK_ERRORS, type WebhookError } from './webhook-error.js';
import { WebhookReceiver, type WebhookReceiverOptions, type WebhookReply } from './webhook-receiver.js';

const secret = newSecret();
const nowMs = Date.parse('2026-01-01T00:00:00Z');

interface Signed {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function signed(prn: string, { by = [secret], name = 'device.connected' } = {}): Signed {
  const [type, subtype] = name.split('.');
  const body = Buffer.from(
    JSON.stringify({ version: 1, prn, type, inserted_at: '', data: { type: subtype, data: {} } }),
  );
  const at = '2026-01-01T00:00:00Z';
  return {
    body,
    headers: {
      'peridio-published-at': at,
      'peridio-signature': signPeridio(at, body, by.map(parseSecret)),
      'fleethook-event': name,
      'fleethook-attempt': '3',
    },
  };
}

function receiverOf(options: Partial<WebhookReceiverOptions> = {}) {
  const handled: unknown[] = [];
  const errors: WebhookError[] = [];
  const receiver = new WebhookReceiver({
    secrets: [secret],
    now: () => nowMs,
    onEvent: (event, delivery) => void handled.push([event.prn, delivery]),
    onError: (error) => void errors.push(error),
    ...options,
  });
  const receive = ({ headers, body }: Signed): Promise<WebhookReply> => receiver.receive(headers, body);
  return { receive, handled, errors };
}

const fail = (): never => {
  throw new Error('away');
};

const outcome = ({ status, body }: WebhookReply): unknown[] => {
  const parsed = JSON.parse(body) as { status?: string; error?: { code: string } };
  return [status, parsed.status ?? parsed.error?.code];
};

describe('WebhookReceiver', () => {
  it('handles an event once, however often it comes', async () => {
    const { receive, handled } = receiverOf();
    expect(outcome(await receive(signed('a')))).toEqual([200, 'handled']);
    expect(outcome(await receive(signed('a')))).toEqual([200, 'duplicate']);
    expect(handled).toEqual([['a', { name: 'device.connected', attempt: 3 }]]);
  });

  it('does not acknowledge an event that is still being handled', async () => {
    const work = Promise.withResolvers<void>();
    const { receive, errors } = receiverOf({ onEvent: () => work.promise });
    const first = receive(signed('a'));
    expect(outcome(await receive(signed('a')))).toEqual([409, 'EVENT_IN_PROGRESS']);
    work.resolve();
    expect(outcome(await first)).toEqual([200, 'handled']);
    expect(outcome(await receive(signed('a')))).toEqual([200, 'duplicate']);
    expect(errors.map(({ code }) => code)).toEqual(['EVENT_IN_PROGRESS']);
  });

  it('takes an event again whose handler failed, and does not tell strangers why', async () => {
    let fails = true;
    const cause = new Error('the password is swordfish');
    const { receive, errors } = receiverOf({
      onEvent: () => {
        if (fails) throw cause;
      },
    });
    const refused = await receive(signed('a'));
    expect(outcome(refused)).toEqual([500, 'HANDLER_FAILED']);
    expect(refused.body).not.toContain('swordfish');
    expect(errors[0]?.cause).toBe(cause);
    fails = false;
    expect(outcome(await receive(signed('a')))).toEqual([200, 'handled']);
  });

  it('passes on when a handler wants the event again', async () => {
    const { receive } = receiverOf({ onEvent: () => Promise.reject(new RetryLater(29.2)) });
    const reply = await receive(signed('a'));
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '30']);
  });

  it('knows old and new secrets, in either form, and asks for them when they are a function', async () => {
    const [old, young] = [newSecret(), newSecret()];
    const known: string[] = [old];
    const { receive } = receiverOf({ secrets: () => known });
    expect(outcome(await receive(signed('a', { by: [old, young] })))).toEqual([200, 'handled']);
    expect(outcome(await receive(signed('b', { by: [young] })))).toEqual([401, 'SIGNATURE_MISMATCH']);
    known.push(standardWebhooksSecret(young));
    expect(outcome(await receive(signed('b', { by: [young] })))).toEqual([200, 'handled']);
  });

  it('answers test fires, and nothing else, while it has no secret', async () => {
    const { receive, handled } = receiverOf({ secrets: () => [] });
    expect(outcome(await receive(signed('a', { name: 'webhook.test_fire' })))).toEqual([200, 'test_fire']);
    expect(outcome(await receive(signed('a')))).toEqual([503, 'SECRET_UNKNOWN']);
    expect(handled).toEqual([]);
  });

  it('verifies test fires once it has a secret, and does not hand them to the handler', async () => {
    const { receive, handled } = receiverOf();
    const name = 'webhook.test_fire';
    expect(outcome(await receive(signed('a', { name })))).toEqual([200, 'test_fire']);
    expect(outcome(await receive(signed('a', { name, by: [newSecret()] })))).toEqual([401, 'SIGNATURE_MISMATCH']);
    expect(handled).toEqual([]);
  });

  it.each<[keyof SeenEvents]>([['claim'], ['keep']])('says so when the store fails to %s', async (method) => {
    const seenEvents: SeenEvents = {
      claim: () => 'new',
      keep: () => undefined,
      release: () => undefined,
      [method]: fail,
    };
    const { receive } = receiverOf({ seenEvents });
    expect(outcome(await receive(signed('a')))).toEqual([503, 'SEEN_EVENTS_FAILED']);
  });

  it('reports both failures when the handler and the release fail', async () => {
    const { receive, errors } = receiverOf({
      onEvent: fail,
      seenEvents: { claim: () => 'new', keep: fail, release: fail },
    });
    expect(outcome(await receive(signed('a')))).toEqual([500, 'HANDLER_FAILED']);
    expect(errors.map(({ code }) => code)).toEqual(['SEEN_EVENTS_FAILED', 'HANDLER_FAILED']);
  });

  it.each([
    ['that fail', () => Promise.reject(new Error('vault away')), [503, 'SECRET_UNKNOWN']],
    ['of the wrong form', () => ['swordfish'], [500, 'SECRET_MALFORMED']],
  ])('answers while there are secrets %s', async (_, secrets, expected) => {
    const { receive } = receiverOf({ secrets });
    const reply = await receive(signed('a'));
    expect(outcome(reply)).toEqual(expected);
    expect(reply.body).not.toContain('swordfish');
  });

  it('refuses to start with a secret of the wrong form', () => {
    expect(() => receiverOf({ secrets: [secret, 'whsec_short'] })).toThrow(/^SECRET_MALFORMED: .*secret 2/);
  });

  it('refuses a body over its bound', async () => {
    const { receive } = receiverOf({ maxBodyBytes: 10 });
    expect(outcome(await receive(signed('a')))).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('answers although onError throws', async () => {
    const { receive } = receiverOf({
      onError: () => {
        throw new Error('the log is full');
      },
      secrets: [newSecret()],
    });
    expect(outcome(await receive(signed('a')))).toEqual([401, 'SIGNATURE_MISMATCH']);
  });
});

describe('the closed set of errors', () => {
  it('is explained in the README, code by code', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) /gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(rows).toEqual(Object.entries(WEBHOOK_ERRORS).map(([code, { status }]) => [code, status]));
  });
});
