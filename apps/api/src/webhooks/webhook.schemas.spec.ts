import { describe, expect, it } from '@jest/globals';
import { parsed } from '../errors/parsed.js';
import { InvalidFields } from '../errors/problems.js';
import { EndpointRules } from './endpoint-rules.js';
import { ListWebhooks, RollSecret, WebhookSchemas } from './webhook.schemas.js';

class Rules extends EndpointRules {
  override urlFaults(url: string): readonly string[] {
    return url.startsWith('https://') ? [] : ['must start with https://'];
  }
}

const schemas = new WebhookSchemas(new Rules());

function faults(work: () => unknown): unknown {
  try {
    return { accepted: work() };
  } catch (error) {
    if (error instanceof InvalidFields) return error.fields;
    throw error;
  }
}

const create = (body: unknown): unknown => faults(() => parsed(schemas.create, body));
const update = (body: unknown): unknown => faults(() => parsed(schemas.update, body));
const list = (query: unknown): unknown => faults(() => parsed(ListWebhooks, query));

describe('creating', () => {
  it('takes a URL alone', () => {
    expect(create({ url: 'https://example.com/' })).toEqual({ accepted: { url: 'https://example.com/' } });
  });

  it('stores events as sent after trimming, hyphens as underscores', () => {
    const body = { url: 'https://example.com/', enabled_events: [' webhook.test-fire', 'device.connected'] };
    expect(create(body)).toEqual({
      accepted: { url: 'https://example.com/', enabled_events: ['webhook.test_fire', 'device.connected'] },
    });
  });

  it('says everything that is wrong at once', () => {
    const body = {
      url: 'http://example.com/',
      description: 7,
      enabled_events: ['device conected', 'device.connected', 'x'],
      retries: 3,
      ['detail']: 1,
    };
    expect(create(body)).toEqual({
      url: ['must start with https://'],
      description: ['must be a text'],
      enabled_events: ['"device conected" is not an event', '"x" is not an event'],
      retries: ['is not a field of this request'],
      'body.detail': ['is not a field of this request'],
    });
  });

  it.each([
    [undefined, { body: ['must be a JSON object'] }],
    [null, { body: ['must be a JSON object'] }],
    [[], { body: ['must be a JSON object'] }],
    ['x', { body: ['must be a JSON object'] }],
    [{}, { url: ['is required'] }],
    [{ url: 7 }, { url: ['must be a text'] }],
    [{ url: `https://example.com/${'a'.repeat(1_010)}` }, { url: ['must be at most 1028 characters'] }],
    [{ url: 'https://example.com/', description: 'a\0' }, { description: ['must be valid Unicode without NUL'] }],
    [{ url: 'https://example.com/', description: '\ud800' }, { description: ['must be valid Unicode without NUL'] }],
    [
      { url: 'https://example.com/', enabled_events: 'device.connected' },
      { enabled_events: ['must be a list of names of events'] },
    ],
    [{ url: 'https://example.com/', enabled_events: [7] }, { enabled_events: ['must be names of events'] }],
    [{ url: 'https://example.com/', basic_auth: { username: 'a' } }, { 'basic_auth.password': ['is required'] }],
    [
      { url: 'https://example.com/', basic_auth: { username: null, password: 7 } },
      { 'basic_auth.username': ['must be a text'], 'basic_auth.password': ['must be a text'] },
    ],
  ])('refuses %j', (body, expected) => {
    expect(create(body)).toEqual(expected);
  });
});

describe('updating', () => {
  it('takes a PRN alone, and a description that is taken away', () => {
    expect(update({ prn: 'p' })).toEqual({ accepted: { prn: 'p' } });
    expect(update({ description: null })).toEqual({ accepted: { description: null } });
  });

  it.each([
    [{ state: 'paused' }, { state: ['must be enabled or disabled'] }],
    [{ secret: 'x' }, { secret: ['is not a field of this request'] }],
    [{ url: null }, { url: ['must be a text'] }],
  ])('refuses %j', (body, expected) => {
    expect(update(body)).toEqual(expected);
  });
});

describe('rolling a secret', () => {
  it('needs no body', () => {
    expect(parsed(RollSecret, undefined)).toBeUndefined();
    expect(parsed(RollSecret, { webhook_ttl: 60 })).toEqual({ webhook_ttl: 60 });
  });

  it.each([-1, 604_801, 1.5, '60'])('refuses %j seconds', (seconds) => {
    expect(faults(() => parsed(RollSecret, { webhook_ttl: seconds }))).toEqual({ webhook_ttl: [expect.any(String)] });
  });
});

describe('listing', () => {
  it('has defaults, also for parameters that are there and empty', () => {
    const expected = { accepted: { limit: 10, order: 'asc', page: undefined, search: [] } };
    expect(list({})).toEqual(expected);
    expect(list({ limit: '', order: '', page: '', search: '' })).toEqual(expected);
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: '1e1' }, 'limit'],
    [{ limit: ['1', '2'] }, 'limit'],
    [{ order: 'up' }, 'order'],
    [{ page: '!' }, 'page'],
    [{ search: 'x' }, 'search'],
  ])('refuses %j on that field', (query, field) => {
    expect(list(query)).toEqual({ [field]: [expect.any(String)] });
  });
});
