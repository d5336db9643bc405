import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue.js';
import { normaliseEventName } from './names/event-name.js';
import { compileCatalogueSchema, compileSchema } from './payload-check.js';

describe('catalogue', () => {
  it('has every event of the contract', () => {
    expect([...catalogue.keys()]).toEqual([
      'device.connected',
      'device.disconnected',
      'device.authentication_failed',
      'device.checked_for_release',
      'device.claimed_release',
      'device.release_changed',
      'device.updated',
      'api_key.created',
      'webhook.test_fire',
      'webhook.request_failed',
    ]);
  });

  describe.each([...catalogue.values()])('$name', ({ name, schema, example, description }) => {
    const check = compileCatalogueSchema(schema);

    it('is named and described', () => {
      expect(normaliseEventName(name)).toBe(name);
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: name,
        type: 'object',
      });
      expect(description).not.toBe('');
    });

    it('has an example that its schema takes, further fields included', () => {
      expect(check(example)).toBeUndefined();
      expect(check({ ...example, further: { of: ['any', 'kind'] } })).toBeUndefined();
      expect(JSON.stringify(JSON.parse(JSON.stringify(example)))).toBe(JSON.stringify(example));
    });

    it('refuses an example of which nothing is left', () => {
      expect(check({})).toBeDefined();
    });

    it('can be registered as it is', () => {
      expect(compileSchema(schema)(example)).toBeUndefined();
    });
  });

  it.each([
    ['device.connected', { certificate: null, ca_certificate: null }],
    ['device.checked_for_release', { release: null, bundle: { prn: 'prn:1:o:bundle:b', name: null } }],
    ['device.release_changed', { from_release: null, to_release: null, from_bundle: null, to_bundle: null }],
    ['device.updated', { updated_fields: undefined }],
  ])('%s takes the nulls that the contract names', (name, nulls) => {
    const entry = catalogue.get(name);
    if (entry === undefined) throw new Error(name);
    expect(compileCatalogueSchema(entry.schema)({ ...entry.example, ...nulls })).toBeUndefined();
  });
});
