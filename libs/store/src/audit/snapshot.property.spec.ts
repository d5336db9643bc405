import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { differenceOf, masked, snapshotOf, storedJson } from './snapshot.js';

const SECRET = 'THE-SECRET';
/** Names under which a secret may lie, alone or with others around it. */
const secretName = fc.constantFrom(
  'secret',
  'secrets',
  'sealed',
  'hash',
  'key',
  'password',
  'token',
  'basicAuth',
  'headers',
  'apiSecret',
);
const plainName = fc.constantFrom('url', 'name', 'a', 'nested', 'list');

/** JSON in which `SECRET` lies only under names that say so, at any depth. */
const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
  document: fc
    .array(
      fc.oneof(
        fc.tuple(plainName, tie('value')),
        fc.tuple(secretName, fc.constantFrom<unknown>(SECRET, [SECRET, SECRET], { sealed: SECRET }, [{ key: SECRET }])),
      ),
      { maxLength: 5 },
    )
    .map((entries) => Object.fromEntries(entries)),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('x', 1, null, true),
    tie('document'),
    fc.array(tie('document'), { maxLength: 3 }),
  ),
}));

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd');
  if (Array.isArray(value)) return value.map(storable);
  // JSON has no -0.
  if (Object.is(value, -0)) return 0;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map((entry) => entry.map(storable) as [string, unknown]));
}

describe('snapshots', () => {
  it('show no secret, however deep it lies', () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(JSON.stringify(masked(snapshotOf(before)))).not.toContain(SECRET);
        const difference = differenceOf(snapshotOf(before), snapshotOf(after));
        expect(JSON.stringify([masked(difference.before), masked(difference.after)])).not.toContain(SECRET);
      }),
    );
  });

  it('of two things show what differs and nothing else', () => {
    const thing = { prn: 'p', version: 1, enabledEvents: ['a'], secrets: [{ sealed: 'one' }], updatedAt: new Date(0) };
    const { before, after } = differenceOf(
      snapshotOf(thing),
      snapshotOf({ ...thing, version: 2, secrets: [{ sealed: 'one', expiresAtMs: 5 }, { sealed: 'two' }], more: true }),
    );
    expect(masked(before)).toEqual({ secrets: [{ sealed: '***' }] });
    expect(masked(after)).toEqual({ secrets: [{ sealed: '***', expiresAtMs: 5 }, { sealed: '***' }], more: true });
    expect(snapshotOf(thing)).toEqual({ enabled_events: ['a'], secrets: [{ sealed: 'one' }] });
  });

  it('are stored as JSON that PostgreSQL takes, and that says the same but for what PostgreSQL cannot hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(JSON.parse(storedJson({ value }))).toEqual({ value: storable(value) });
      }),
    );
    expect(storedJson({ a: '\\u0000\0\ud800\\' })).toBe('{"a":"\\\\u0000\ufffd\ufffd\\\\"}');
  });

  it('leave alone what only describes secrets', () => {
    const schema = { schema: { properties: { hash: { type: 'string' }, secret: { type: 'string' } } } };
    expect(masked(snapshotOf(schema))).toEqual(schema);
  });
});
