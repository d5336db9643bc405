import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import type { EgressResult } from '@fleethook/egress';
import { createLog } from '@fleethook/observability';
import { newSecret, secretBytes, verifyPeridio, verifyStandardWebhooks } from '@fleethook/signing';
import { TestFireTransport, WebhookVerification } from './webhook-verification.js';

type Request = Parameters<TestFireTransport['post']>[0];

class ScriptedTransport extends TestFireTransport {
  readonly requests: Request[] = [];

  constructor(private readonly answer: () => EgressResult | Promise<EgressResult>) {
    super();
  }

  override post(request: Request): Promise<EgressResult> {
    this.requests.push(request);
    return Promise.resolve(this.answer());
  }
}

const answered = (status: number, address = '10.1.2.3'): EgressResult => ({
  kind: 'response',
  status,
  headers: { server: `gateway of ${address}` },
  excerpt: `internal address ${address}`,
  address,
  latencyMs: 1,
  connectionReused: false,
});

const failed = (failure: Extract<EgressResult, { kind: 'failure' }>['failure']): EgressResult => ({
  kind: 'failure',
  failure,
  stage: 'connect',
  detail: 'internal address 10.1.2.3',
  address: '10.1.2.3',
  latencyMs: 1,
  connectionReused: false,
});

const log = createLog({ app: 'api', level: 'silent', format: 'json' });
const organization = newOrganizationPrn();
const secret = newSecret();
const endpoint = {
  organization,
  webhook: newPrn(organization, 'webhook'),
  url: 'https://example.com/',
  secrets: [secretBytes(secret)],
  ownHeaders: {},
  timeoutMs: null,
};

describe('WebhookVerification', () => {
  it('sends a test fire that verifies in both schemes with the secret', async () => {
    const transport = new ScriptedTransport(() => answered(200));
    await expect(new WebhookVerification(transport, log).verify(endpoint)).resolves.toEqual({ kind: 'verified' });
    const [request] = transport.requests;
    if (request === undefined) throw new Error('nothing was sent');
    expect(request).toMatchObject({ url: endpoint.url, timeoutMs: 10_000 });
    expect(JSON.parse(request.body.toString())).toMatchObject({
      version: 1,
      type: 'webhook',
      data: { type: 'test_fire', data: { webhook_prn: endpoint.webhook } },
    });
    const { headers, body } = request;
    const peridio = { publishedAt: headers['peridio-published-at'], signature: headers['peridio-signature'] };
    const standard = {
      id: headers['webhook-id'],
      timestamp: headers['webhook-timestamp'],
      signature: headers['webhook-signature'],
    };
    expect(verifyPeridio(peridio, body, endpoint.secrets)).toEqual({ valid: true });
    expect(verifyStandardWebhooks(standard, body, endpoint.secrets)).toEqual({ valid: true });
  });

  it.each([201, 204, 301, 302, 404, 410, 500])('takes %i for a refusal and names it', async (status) => {
    const verification = new WebhookVerification(new ScriptedTransport(() => answered(status)), log);
    const result = await verification.verify(endpoint);
    expect(result).toMatchObject({ kind: 'refused', message: expect.stringContaining(String(status)) });
  });

  it.each(['timeout', 'dns', 'connection_refused', 'connection_reset', 'tls', 'address_blocked', 'protocol'] as const)(
    'says what kind of failure %s is, and nothing of what is behind the name',
    async (failure) => {
      const verification = new WebhookVerification(new ScriptedTransport(() => failed(failure)), log);
      const result = await verification.verify(endpoint);
      expect(result).toMatchObject({ kind: 'refused', testFire: { outcome: failure, stage: 'connect', status: null } });
      expect(JSON.stringify(result)).not.toContain('10.1.2.3');
    },
  );

  it.each(['10.1.2.3', '169.254.169.254', 'fd00::7'])(
    'shows what was sent and which status came back, but nothing that %s said',
    async (address) => {
      const transport = new ScriptedTransport(() => answered(404, address));
      const own = { ...endpoint, ownHeaders: { 'x-token': 'sealed-away' } };
      const result = await new WebhookVerification(transport, log).verify(own);
      const [sent] = transport.requests;
      if (result.kind !== 'refused' || sent === undefined) throw new Error('it was not refused');
      expect(JSON.stringify(result)).not.toMatch(`${address}|sealed-away`);
      expect(result.testFire).toMatchObject({
        outcome: 'http_status',
        stage: null,
        status: 404,
        latency_ms: 1,
        response_headers: null,
        response_excerpt: null,
        request: { method: 'POST', url: own.url, body: sent.body.toString(), as_sent: true },
      });
      const { 'x-token': _sealed, ...ours } = sent.headers;
      expect(new Map(result.testFire.request.headers.map(({ name, value }) => [name, value]))).toEqual(
        new Map(Object.entries({ 'x-token': null, ...ours })),
      );
    },
  );

  it.each(['8.8.8.8', '2606:4700::1111', '127.0.0.1', '::1'])('shows what %s said', async (address) => {
    const result = await new WebhookVerification(new ScriptedTransport(() => answered(204, address)), log).verify(
      endpoint,
    );
    expect(result).toMatchObject({
      testFire: {
        outcome: 'http_status',
        status: 204,
        response_headers: [{ name: 'server', value: `gateway of ${address}` }],
        response_excerpt: `internal address ${address}`,
      },
    });
  });

  it('runs a bounded number at once, in all and for one organization, and forgets those that ended', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<EgressResult>();
    const verification = new WebhookVerification(new ScriptedTransport(() => held), log);
    const running = Array.from({ length: 128 }, () => verification.verify(endpoint));
    await expect(verification.verify(endpoint)).resolves.toEqual({ kind: 'busy' });
    const others = Array.from({ length: 128 }, () =>
      verification.verify({ ...endpoint, organization: newOrganizationPrn() }),
    );
    await expect(verification.verify({ ...endpoint, organization: newOrganizationPrn() })).resolves.toEqual({
      kind: 'busy',
    });
    release(answered(200));
    const results = await Promise.all([...running, ...others]);
    expect(new Set(results.map((result) => result.kind))).toEqual(new Set(['verified']));
    await expect(verification.verify(endpoint)).resolves.toEqual({ kind: 'verified' });
  });
});
