import { afterEach, describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn } from '@fleethook/events';
import { hashApiKey } from '@fleethook/messages';
import { IntakeConfiguration } from '../intake-configuration.js';
import { Intake, KEY, apiKey, closeIntakes, text } from '../testing/intake.js';

afterEach(closeIntakes);

describe('API keys', () => {
  it.each([`Bearer ${KEY}`, `token ${KEY}`, `TOKEN  ${KEY} `])('are taken as %s', async (authorization) => {
    const intake = await Intake.start();
    expect((await intake.post(text(), { authorization })).status).toBe(202);
  });

  it.each(['', KEY, `Basic ${KEY}`, 'Token', 'Token wrong', `Token ${KEY} ${KEY}`])(
    'are not taken as %j',
    async (authorization) => {
      const intake = await Intake.start();
      const reply = await intake.post(text(), { authorization });
      expect(reply).toMatchObject({ status: 401, body: { errors: { detail: expect.any(String) } } });
      expect(reply.headers['www-authenticate']).toBe('Token, Bearer');
      expect(intake.kafka.records).toEqual([]);
    },
  );

  it('expire, need the scope, and are revoked', async () => {
    const intake = await Intake.start();
    const key = apiKey({ hash: hashApiKey('other'), expiresAtMs: Date.now() - 1 });
    const authorization = 'Token other';
    const unknown = await intake.post(text(), { authorization });
    intake.configure(key);
    const expired = await intake.post(text(), { authorization });
    // Nobody can tell from the answer that there was such a key.
    expect([expired.status, expired.body]).toEqual([401, unknown.body]);
    intake.configure({ ...key, expiresAtMs: Date.now() + 60_000 });
    expect((await intake.post(text(), { authorization })).status).toBe(202);
    intake.configure({ ...key, expiresAtMs: Date.now() + 60_000, scopes: ['read', 'configure', 'replay'] });
    expect((await intake.post(text(), { authorization })).status).toBe(403);
    intake.app.value?.get(IntakeConfiguration).onRemove(key.prn);
    expect((await intake.post(text(), { authorization })).status).toBe(401);
    intake.app.value?.get(IntakeConfiguration).onReset();
    expect((await intake.post(text())).status).toBe(401);
  });

  it('decide the organization', async () => {
    const intake = await Intake.start();
    const other = newOrganizationPrn();
    intake.configure(apiKey({ hash: hashApiKey('other'), organization: other, prn: newPrn(other, 'api_key') }));
    const reply = await intake.post(text(), { authorization: 'Token other' });
    expect(reply.body.events?.[0]?.prn.startsWith(other)).toBe(true);
  });

  it.each(['wrong', KEY])('are not looked at before the configuration is loaded: %s', async (key) => {
    const intake = await Intake.start({}, false);
    // Its type may be registered by what is not read yet.
    const door = JSON.stringify({ type: 'door', data: { type: 'opened', data: {} } });
    for (const body of [text(), door]) {
      const reply = await intake.post(body, { authorization: `Token ${key}` });
      expect(reply).toMatchObject({ status: 503, body: { errors: { detail: 'The configuration is being read' } } });
      expect(reply.headers['retry-after']).toBe('5');
    }
    expect(intake.kafka.records).toEqual([]);
  });
});
