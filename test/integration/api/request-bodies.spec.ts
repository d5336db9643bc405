import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebhookClient } from './webhook-client.js';

let client: WebhookClient;

beforeAll(async () => {
  client = await WebhookClient.create();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
});

const UTF8_WANTED = 'The content type must be application/json, in UTF-8';

const body = (description: string): string => JSON.stringify({ url: client.receiver.url, description });

describe('the body of a request', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF8"'])(
    'is JSON in UTF-8, sent as %s',
    async (type) => {
      const reply = await client.call('POST', '/webhooks', {
        text: body('Straße'),
        headers: { 'content-type': type },
      });
      expect(reply).toMatchObject({ status: 201, json: { webhook: { description: 'Straße' } } });
    },
  );

  it('may begin with a byte order mark', async () => {
    const reply = await client.call('POST', '/webhooks', { text: `\uFEFF${body('marked')}` });
    expect(reply).toMatchObject({ status: 201, json: { webhook: { description: 'marked' } } });
  });

  it('is refused when it is no UTF-8, and nothing is made of it', async () => {
    const before = await client.count();
    const reply = await client.call('POST', '/webhooks', { text: Buffer.from(body('Straße'), 'latin1') });
    expect(reply).toMatchObject({
      status: 400,
      json: { errors: { detail: expect.stringContaining('must be a JSON object in UTF-8') } },
    });
    expect(await client.count()).toBe(before);
  });

  it.each([
    ['{"url":"https://a.example","url":"https://b.example"}', '/url'],
    ['{"basic_auth":{"username":"u","password":"a","password":"b"}}', '/basic_auth/password'],
  ])('gives no key twice: %s', async (text, pointer) => {
    const reply = await client.call('POST', '/webhooks', { text });
    const detail = `The request is malformed: ${pointer} is given more than once`;
    expect(reply).toMatchObject({ status: 400, json: { errors: { detail } } });
  });

  it.each([
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-16',
    'text/plain',
    'text/plain; charset=utf-8',
    'application/xml',
    'application/x-www-form-urlencoded',
  ])('is refused as %s', async (type) => {
    const reply = await client.call('POST', '/webhooks', { text: body('else'), headers: { 'content-type': type } });
    expect(reply).toMatchObject({ status: 415, json: { errors: { detail: UTF8_WANTED } } });
  });

  it.each(['text/plain', 'application/json; charset=utf-16', 'application/x-www-form-urlencoded'])(
    'may be none, whatever type comes with it: %s',
    async (type) => {
      const { prn } = await client.created();
      const reply = await client.call('POST', `/webhooks/${prn}/test_fire`, {
        headers: { 'content-type': type, 'content-length': '0' },
      });
      expect(reply.status).toBe(200);
    },
  );
});
