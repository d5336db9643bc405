import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { newSecret, secretBytes, signPeridio, signStandardWebhooks, standardWebhooksSecret } from '@fleethook/signing';
import { readSecret } from './secret.js';
import { headersFrom, signedHeaders, verify } from './verify-steps.js';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const PUBLISHED_AT = '2026-01-01T00:00:00Z';
const ID = 'prn:1:event';

function headersOf(body: string, secrets: readonly string[]): Record<string, string> {
  const keys = secrets.map(secretBytes);
  return {
    'peridio-published-at': PUBLISHED_AT,
    'peridio-signature': signPeridio(PUBLISHED_AT, Buffer.from(body), keys),
    'webhook-id': ID,
    'webhook-timestamp': String(NOW_MS / 1_000),
    'webhook-signature': signStandardWebhooks(ID, NOW_MS / 1_000, Buffer.from(body), keys),
  };
}

describe('verifying in the browser', () => {
  it('agrees with what the servers sign, in both schemes and with either form of the secret', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.boolean(), async (body, asWhsec) => {
        const secret = newSecret();
        const pasted = asWhsec ? standardWebhooksSecret(secret) : secret;
        const verdicts = await verify({
          secret: pasted,
          body,
          headers: headersOf(body, [newSecret(), secret]),
          nowMs: NOW_MS,
        });
        expect(verdicts.map(({ scheme, valid }) => [scheme, valid])).toEqual([
          ['Peridio', true],
          ['Standard Webhooks', true],
        ]);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['a line break at the end', '{"a":1}\n', /line break/],
    ['formatted JSON', '{\n  "a": 1\n}', /compact JSON/],
    ['another body', '{"a":2}', /another secret/],
  ])('says why it does not fit: %s', async (_, pasted, words) => {
    const secret = newSecret();
    const [verdict] = await verify({ secret, body: pasted, headers: headersOf('{"a":1}', [secret]), nowMs: NOW_MS });
    expect(verdict?.valid).toBe(false);
    expect(verdict?.steps.find(({ state }) => state === 'wrong')?.detail).toMatch(words);
  });

  it('says which header or which secret is missing', async () => {
    const secret = newSecret();
    const { 'peridio-published-at': _, ...headers } = headersOf('{}', [secret]);
    const [peridio] = await verify({ secret: 'abc', body: '{}', headers, nowMs: undefined });
    expect(peridio?.steps.map(({ detail, state }) => [state, detail])).toEqual([
      ['wrong', expect.stringContaining('32 hex digits')],
      ['wrong', expect.stringContaining('peridio-published-at')],
    ]);
  });

  it('signs as the servers do', async () => {
    const secret = newSecret();
    const read = readSecret(secret);
    if (read === undefined) throw new Error('a new secret cannot be read');
    expect(Object.fromEntries(await signedHeaders(read, ID, '{}', NOW_MS))).toEqual(headersOf('{}', [secret]));
  });

  it.each([
    'Peridio-Signature: ABC',
    '> peridio-signature: ABC',
    `"peridio-signature": "ABC",`,
    'peridio-signature=ABC',
  ])('reads headers as people have them: %s', (line) =>
    expect(headersFrom(`${line}\nhost: example.com`)).toMatchObject({ 'peridio-signature': 'ABC' }),
  );
});
