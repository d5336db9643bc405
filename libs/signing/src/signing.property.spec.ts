import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { hmacSha256 } from './hmac.js';
import { secretBytes, standardWebhooksSecret } from './secret.js';
import { signPeridio, signStandardWebhooks } from './sign.js';
import { verifyPeridio, verifyStandardWebhooks } from './verify.js';

const secretHex = () =>
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const bodies = () => fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));
const instants = () => fc.integer({ min: 0, max: 4_000_000_000 });
const isoSeconds = (seconds: number) => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');

describe('signing', () => {
  it('agrees with HMAC-SHA256 written out, whatever the bytes', () => {
    fc.assert(
      fc.property(secretHex(), bodies(), instants(), (hex, body, seconds) => {
        const at = isoSeconds(seconds);
        const message = Buffer.concat([Buffer.from(at), body]);
        const expected = createHmac('sha256', Buffer.from(hex, 'hex')).update(message).digest('hex').toUpperCase();
        expect(signPeridio(at, body, [secretBytes(hex)])).toBe(expected);
      }),
    );
  });

  it("agrees with Node's HMAC, whatever the key, the prefix and the lengths", () => {
    const keys = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => Buffer.from(bytes));
    const lengths = fc.oneof(fc.nat(200), fc.integer({ min: 8_000, max: 8_400 }));
    fc.assert(
      fc.property(
        keys,
        fc.string({ unit: 'binary', maxLength: 60 }),
        lengths,
        fc.nat(255),
        (key, prefix, length, byte) => {
          const body = Buffer.alloc(length, byte);
          const expected = createHmac('sha256', key).update(prefix).update(body).digest('hex');
          expect(hmacSha256(key, prefix, body, 'hex')).toBe(expected);
          expect(hmacSha256(createSecretKey(key), prefix, body, 'hex')).toBe(expected);
        },
      ),
    );
  });

  it('agrees with the Standard Webhooks library, whatever the body', () => {
    fc.assert(
      fc.property(secretHex(), fc.json(), instants(), (hex, json, seconds) => {
        const signed = signStandardWebhooks('prn:1:x', seconds, Buffer.from(json), [secretBytes(hex)]);
        expect(signed).toBe(new Webhook(standardWebhooksSecret(hex)).sign('prn:1:x', new Date(seconds * 1_000), json));
      }),
    );
  });

  it('verifies what it signs, and nothing that differs in one byte', () => {
    fc.assert(
      fc.property(
        fc.array(secretHex(), { minLength: 1, maxLength: 3 }),
        bodies().filter((body) => body.length > 0),
        instants(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (hexes, body, seconds, position, flip) => {
          const secrets = hexes.map(secretBytes);
          const options = { nowMs: seconds * 1_000 };
          const timestamp = String(seconds);
          const publishedAt = isoSeconds(seconds);
          const peridio = { publishedAt, signature: signPeridio(publishedAt, body, secrets) };
          const standard = { id: 'e', timestamp, signature: signStandardWebhooks('e', seconds, body, secrets) };
          for (const known of secrets) {
            expect(verifyPeridio(peridio, body, [known], options)).toEqual({ valid: true });
            expect(verifyStandardWebhooks(standard, body, [known], options)).toEqual({ valid: true });
          }
          const changed = Buffer.from(body);
          const at = position % body.length;
          changed[at] = (changed[at] ?? 0) ^ flip;
          expect(verifyPeridio(peridio, changed, secrets, options).valid).toBe(false);
          expect(verifyStandardWebhooks(standard, changed, secrets, options).valid).toBe(false);
        },
      ),
    );
  });

  it('never throws for what a sender writes into the headers', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), bodies(), (one, two, three, body) => {
        const secrets = [secretBytes('00112233445566778899AABBCCDDEEFF')];
        expect(verifyPeridio({ publishedAt: one, signature: two }, body, secrets).valid).toBe(false);
        expect(verifyStandardWebhooks({ id: one, timestamp: two, signature: three }, body, secrets).valid).toBe(false);
      }),
    );
  });
});
