import { beforeEach, describe, expect, it } from '@jest/globals';
import { newPrn } from '@fleethook/events';
import { decodeDelivery, sealBasicAuth, sealHeaders } from '@fleethook/messages';
import { secretBytes } from '@fleethook/signing';
import { AttemptWorld, SECRET } from '../testing/attempt-world.js';
import { ORGANIZATION } from '../testing/fake-record.js';

const OLD = 'A'.repeat(32);

describe('the request of an attempt', () => {
  let here: AttemptWorld;

  beforeEach(() => {
    here = new AttemptWorld();
  });

  it('signs with every live secret, oldest first, and drops the expired ones when it signs', async () => {
    const prn = newPrn(ORGANIZATION, 'webhook');
    here.webhook = here.configure({
      prn,
      secrets: [
        { sealed: here.sealer.seal(secretBytes(OLD), prn), expiresAtMs: here.clock.now() + 1_000 },
        { sealed: here.sealer.seal(secretBytes(SECRET), prn) },
      ],
    });
    await here.run();
    here.clock.advance(1_000);
    await here.run();
    const signatures = here.egress.requests.map(({ headers }) => headers['peridio-signature']?.split(',').length);
    expect(signatures).toEqual([2, 1]);
  });

  it('is put off, loudly, when no key opens the secret, and made when one does', async () => {
    const prn = newPrn(ORGANIZATION, 'webhook');
    here.webhook = here.configure({ prn, secrets: [{ sealed: '1.00000000.AAAA' }] });
    const { record } = await here.run({ attempt: 2 });
    await here.run({ attempt: 2 });
    expect([record.state, here.egress.requests.length]).toEqual(['settled', 0]);
    expect(here.producer.to('webhook.retry.30s').map(decodeDelivery)[0]).toMatchObject({
      attempt: 2,
      reason: 'secret_unreadable',
    });
    expect(here.lines.filter((each) => each['event'] === 'webhook.secret_unreadable')).toHaveLength(1);
    here.configure({ prn, version: 2 });
    await here.run({ attempt: 2 });
    expect(here.egress.requests).toHaveLength(1);
  });

  it('is put off for longer the longer no key opens the secret', async () => {
    here.webhook = here.configure({ secrets: [{ sealed: '1.00000000.AAAA' }] });
    await here.run({ acceptedAtMs: here.clock.now() - 3_600_000 });
    expect(here.producer.to('webhook.retry.10m')).toHaveLength(1);
  });

  it('carries what the webhook’s owner adds, never in place of ours', async () => {
    const prn = newPrn(ORGANIZATION, 'webhook');
    here.webhook = here.configure({
      prn,
      sealedHeaders: sealHeaders(here.sealer, { 'x-tenant': 'acme', 'webhook-id': 'forged' }, prn),
      sealedBasicAuth: sealBasicAuth(here.sealer, { username: 'u', password: 'p' }, prn),
    });
    const { message } = await here.run();
    expect(here.egress.requests[0]?.headers).toMatchObject({
      'x-tenant': 'acme',
      authorization: 'Basic dTpw',
      'webhook-id': message.event,
    });
  });

  it('is put off when what its owner adds cannot be opened: without a token it would only be refused', async () => {
    here.webhook = here.configure({ sealedBasicAuth: '1.00000000.AAAA' });
    await here.run();
    expect(here.egress.requests).toEqual([]);
    expect(here.producer.to('webhook.retry.30s').map(decodeDelivery)[0]).toMatchObject({ reason: 'secret_unreadable' });
  });

  it('takes the webhook’s own time limit', async () => {
    here.webhook = here.configure({ timeoutMs: 1_500 });
    await here.run();
    expect(here.egress.requests[0]?.timeoutMs).toBe(1_500);
  });
});
