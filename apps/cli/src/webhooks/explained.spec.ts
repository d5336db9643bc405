import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../connection/refusal.js';
import { CliError } from '../running/cli-error.js';
import { explained } from './explained.js';

const ORIGIN = 'http://127.0.0.1:4000';

/** What the API answers to an endpoint that it does not take. */
function refused(url: string, excerpt?: string | null): Promise<never> {
  const testFire = excerpt === undefined ? {} : { test_fire: { status: 500, response_excerpt: excerpt } };
  const text = JSON.stringify({ errors: { url: [url] }, ...testFire });
  const reply = { status: 422, text, contentType: 'application/json', retryAfterMs: undefined };
  return Promise.reject(refusalOf(reply, 'POST /webhooks', ORIGIN));
}

async function errorOf(reply: Promise<never>): Promise<CliError> {
  const error: unknown = await explained(reply).catch((thrown: unknown) => thrown);
  if (error instanceof CliError) return error;
  throw new Error('it was explained in another way', { cause: error });
}

describe('explained', () => {
  it('says what the endpoint answered, on one line, and keeps all of it for scripts', async () => {
    const error = await errorOf(refused('it answered 500', 'no\u001B[31m tenant\nby this name'));
    expect(error.hint).toBe('  url: it answered 500\n  It answered: no␛[31m tenant by this name');
    expect(error.details).toMatchObject({ test_fire: { response_excerpt: expect.stringContaining('tenant') } });
  });

  it.each([undefined, null, ''])('says nothing of an answer that is %j', async (excerpt) => {
    expect((await errorOf(refused('it answered 500', excerpt))).hint).toBe('  url: it answered 500');
  });

  it.each([
    ['its TLS certificate or handshake was not accepted', /EGRESS_CA_FILE/],
    ['its address is not one that may be called', /EGRESS_ALLOW_CIDRS/],
  ])('says what the operator can do when %s', async (fault, remedy) => {
    expect((await errorOf(refused(fault))).hint).toMatch(remedy);
  });
});
