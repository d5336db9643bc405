import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, secretBytes, standardWebhooksSecret } from './secret.js';
import { signPeridio, signStandardWebhooks } from './sign.js';

interface Vector {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly publishedAt: string;
  readonly id: string;
  readonly timestampSeconds: number;
  readonly body: string;
  readonly peridioSignature: string;
  readonly webhookSignature: string;
}

// Made with Python's hmac, not with this code.
const vectors = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as readonly Vector[];

describe.each(vectors)('vector: $name', (vector) => {
  const body = Buffer.from(vector.body);
  const secrets = vector.secrets.map(secretBytes);

  it('signs by the scheme of Peridio', () => {
    expect(signPeridio(vector.publishedAt, body, secrets)).toBe(vector.peridioSignature);
  });

  it('signs by Standard Webhooks', () => {
    expect(signStandardWebhooks(vector.id, vector.timestampSeconds, body, secrets)).toBe(vector.webhookSignature);
  });

  it('takes key objects as well as bytes', () => {
    const keys = secrets.map((secret) => createSecretKey(secret));
    expect(signPeridio(vector.publishedAt, body, keys)).toBe(vector.peridioSignature);
    expect(signStandardWebhooks(vector.id, vector.timestampSeconds, body, keys)).toBe(vector.webhookSignature);
  });
});

describe('what receivers rely on', () => {
  const body = Buffer.from('{"version":1}');

  it('writes two Peridio signatures as OLD,NEW without a space', () => {
    const [old, young] = [secretBytes(newSecret()), secretBytes(newSecret())];
    const at = '2026-01-01T00:00:00Z';
    expect(signPeridio(at, body, [old, young])).toBe(
      `${signPeridio(at, body, [old])},${signPeridio(at, body, [young])}`,
    );
    expect(signPeridio(at, body, [old, young])).toMatch(/^[0-9A-F]{64},[0-9A-F]{64}$/);
  });

  it('never writes an empty header', () => {
    expect(() => signPeridio('2026-01-01T00:00:00Z', body, [])).toThrow(RangeError);
    expect(() => signStandardWebhooks('id', 1, body, [])).toThrow(RangeError);
  });

  it('is understood by the Standard Webhooks library, which is given only the whsec_ secret', () => {
    const hex = newSecret();
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const headers = {
      'webhook-id': 'prn:1:event',
      'webhook-timestamp': String(nowSeconds),
      'webhook-signature': signStandardWebhooks('prn:1:event', nowSeconds, body, [
        secretBytes(newSecret()),
        secretBytes(hex),
      ]),
    };
    const library = new Webhook(standardWebhooksSecret(hex));
    expect(library.verify(body, headers)).toEqual({ version: 1 });
    expect(() => new Webhook(standardWebhooksSecret(newSecret())).verify(body, headers)).toThrow(
      'No matching signature found',
    );
  });
});

describe('secrets', () => {
  it('are 32 upper-case hex digits, and no two alike', () => {
    const made = Array.from({ length: 50 }, () => newSecret());
    for (const secret of made) expect(secret).toMatch(/^[0-9A-F]{32}$/);
    expect(new Set(made).size).toBe(50);
  });

  it.each([
    '',
    'B284A51B143841695B2D7BF3B855473',
    `${'A'.repeat(32)}\n`,
    'whsec_soSlGxQ4QWlbLXvzuFVHMQ==',
    'G'.repeat(32),
  ])('refuses %j without repeating it', (text) => {
    expect(() => secretBytes(text)).toThrow(new RangeError('a webhook secret is 32 hex digits'));
  });

  it('reads either case and shows the same bytes to Standard Webhooks', () => {
    expect(secretBytes('b284a51b143841695b2d7bf3b8554731')).toEqual(secretBytes('B284A51B143841695B2D7BF3B8554731'));
    expect(standardWebhooksSecret('B284A51B143841695B2D7BF3B8554731')).toBe('whsec_soSlGxQ4QWlbLXvzuFVHMQ==');
  });
});
