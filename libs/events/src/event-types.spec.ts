import { describe, expect, it } from '@jest/globals';
import type { JsonSchema } from './catalogue.js';
import { EventError } from './event-error.js';
import { parseEventName } from './names/event-name.js';
import { EventTypes } from './event-types.js';
import { compileSchema } from './payload-check.js';
import { newOrganizationPrn } from './names/prn.js';

const [ours, others] = [newOrganizationPrn(), newOrganizationPrn()];
const doorOpened = parseEventName('door.opened');
const schema = { type: 'object', required: ['door'], properties: { door: { type: 'integer' } } };

/** A schema with an `$id` and an anchor. */
const nested = (key: string): JsonSchema => ({
  $id: 'https://example.com/door',
  $ref: '#inner',
  $defs: { inner: { $anchor: 'inner', required: [key] } },
});

describe('EventTypes', () => {
  it('knows the catalogue, in both spellings', () => {
    const types = new EventTypes();
    expect(types.find(ours, 'device.checked-for-release')).toMatchObject({ name: 'device.checked_for_release' });
    expect(types.find(ours, 'device.checked_for-release')).toMatchObject({
      category: 'device',
      event: 'checked_for_release',
    });
  });

  it('knows a registered type for the organization that registered it, until it is taken back', () => {
    const types = new EventTypes();
    types.register(ours, doorOpened, schema);
    expect(types.registered).toBe(1);
    const type = types.find(ours, 'door.opened');
    expect(type).toMatchObject({ name: 'door.opened', category: 'door', event: 'opened' });
    expect(typeof type === 'object' && type.check({ door: 'x', further: 1 })).toEqual({
      '/data/data/door': ['must be integer'],
    });
    expect(types.find(others, 'door.opened')).toBe('door.opened is not known; register it first');
    types.unregister(ours, doorOpened);
    expect(types.find(ours, 'door.opened')).toBe('door.opened is not known; register it first');
    expect(types.registered).toBe(0);
  });

  it('uses the schema that was registered last', () => {
    const types = new EventTypes();
    types.register(ours, doorOpened, schema);
    types.find(ours, 'door.opened');
    types.register(ours, doorOpened, { type: 'object' });
    const type = types.find(ours, 'door.opened');
    expect(typeof type === 'object' && type.check({})).toBeUndefined();
    types.clear();
    expect(typeof types.find(ours, 'door.opened')).toBe('string');
  });

  it('says so when a registered schema cannot be used', () => {
    const types = new EventTypes();
    types.register(ours, doorOpened, { type: 'nonsense' });
    expect(types.find(ours, 'door.opened')).toContain('door.opened is registered with a schema that cannot be used');
  });

  it('keeps organizations apart that use the same $id', () => {
    const types = new EventTypes();
    types.register(ours, doorOpened, nested('a'));
    types.register(others, doorOpened, nested('b'));
    const [left, right] = [types.find(ours, 'door.opened'), types.find(others, 'door.opened')];
    expect(typeof left === 'object' && left.check({})).toEqual({ '/data/data/a': ['is required'] });
    expect(typeof right === 'object' && right.check({})).toEqual({ '/data/data/b': ['is required'] });
  });
});

describe('compileSchema', () => {
  it.each([
    { type: 7 },
    { $ref: 'https://example.com/other.json' },
    { $ref: 'urn:door' },
    { pattern: '(' },
    { $async: true },
  ])('refuses %j', (bad) => {
    expect(() => compileSchema(bad)).toThrow(EventError);
  });

  it('sees own properties only', () => {
    expect(compileSchema({ type: 'object', required: ['constructor'] })({})).toEqual({
      '/data/data/constructor': ['is required'],
    });
  });

  it('checks formats, and names properties that are not allowed', () => {
    const check = compileSchema({
      type: 'object',
      properties: { at: { format: 'date-time' } },
      additionalProperties: false,
    });
    expect(check({ at: 'yesterday', 'x/y': 1 })).toEqual({
      '/data/data/at': ['must match format "date-time"'],
      '/data/data/x~1y': ['is not allowed here'],
    });
  });
});
