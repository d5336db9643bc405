import { describe, expect, it } from '@jest/globals';
import { catalogue, compileSchema, newOrganizationPrn, newPrn, type JsonObject } from '@fleethook/events';
import { apiKeyCreated } from './api-key-created.js';
import { ApiKeyEntity } from './entities/api-key.entity.js';

const organization = newOrganizationPrn();
const creator = newPrn(organization, 'api_key');

describe('apiKeyCreated', () => {
  it.each([creator, null])('is what the catalogue says, in its one form, when made by %s', (creatorPrn) => {
    const key = Object.assign(new ApiKeyEntity(), {
      prn: newPrn(organization, 'api_key'),
      organizationPrn: organization,
      name: 'Grüße "1e2" \u2028',
      hash: 'the hash',
      creatorPrn,
    });
    const { event, name, acceptedAtMs, body } = apiKeyCreated(key, Date.UTC(2026, 0, 1));
    const text = body.toString('utf8');
    const envelope = JSON.parse(text) as { data: { data: JsonObject } };
    expect(JSON.stringify(envelope)).toBe(text);
    expect({ name, acceptedAtMs }).toEqual({ name: 'api_key.created', acceptedAtMs: Date.UTC(2026, 0, 1) });
    expect(envelope).toEqual({
      version: 1,
      prn: event,
      type: 'api_key',
      inserted_at: '2026-01-01T00:00:00Z',
      data: {
        type: 'created',
        data: { api_key_prn: key.prn, creator_prn: creatorPrn, api_key: { prn: key.prn, name: key.name } },
      },
    });
    const { schema = {} } = catalogue.get(name) ?? {};
    expect(compileSchema(schema)(envelope.data.data)).toBeUndefined();
    expect(text).not.toContain('the hash');
  });
});
