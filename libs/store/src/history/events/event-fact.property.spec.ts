import { describe, expect, it } from '@jest/globals';
import { newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import type { EventMessage } from '@fleethook/messages';
import * as fc from 'fast-check';
import { eventFact, MAX_FACET_CHARACTERS, MAX_TAGS } from './event-fact.js';

const organization = newOrganizationPrn();
const device = newPrn(organization, 'device');
const cohort = newPrn(organization, 'cohort');
const product = newPrn(organization, 'product');

function message(payload: unknown, name = 'device.connected'): EventMessage {
  const envelope = { version: 1, inserted_at: '2026-01-01T00:00:01Z', data: { type: 'connected', data: payload } };
  return {
    event: newPrn(organization, 'event'),
    name: parseEventName(name),
    acceptedAtMs: 5,
    body: Buffer.from(JSON.stringify(envelope)),
  };
}

const created = (payload: object) => eventFact(message(payload, 'api_key.created'));

describe('the fact of an event', () => {
  it('reads what an event can be found by, and leaves its bytes alone', () => {
    const of = message({
      device: { prn: device, identifier: 'pump', cohort: { cohort_prn: cohort }, tags: ['b', 'a', 'b'] },
    });
    expect(eventFact(of)).toEqual({
      event: of.event,
      name: of.name,
      acceptedAtMs: 5,
      insertedAtMs: Date.parse('2026-01-01T00:00:01Z'),
      device,
      identifier: 'pump',
      cohort,
      product: undefined,
      tags: ['b', 'a'],
      body: of.body,
    });
  });

  it('has a tag once, written with NUL or without, and none that is nothing else', () => {
    const tags = ['a', 'a\0', '\0', '\0b'];
    expect(eventFact(message({ device: { prn: device, identifier: 'p\0ump', tags } }))).toMatchObject({
      identifier: 'pump',
      tags: ['a', 'b'],
    });
  });

  it.each([
    [{ cohort: { cohort_prn: cohort } }, {}],
    [{ cohort: { prn: cohort } }, {}],
    [{ cohort_prn: cohort }, {}],
    [{ cohort: null }, { cohort: { prn: cohort } }],
  ])('finds a cohort where a filter finds it: %j', (inDevice, inPayload) => {
    expect(eventFact(message({ device: { prn: device, ...inDevice }, ...inPayload })).cohort).toBe(cohort);
  });

  it('takes nothing for its own that is of another organization', () => {
    const foreign = newOrganizationPrn();
    const theirs = { prn: newPrn(foreign, 'device'), cohort_prn: newPrn(foreign, 'cohort'), product_prn: product };
    expect(eventFact(message({ device: theirs }))).toMatchObject({ device: undefined, cohort: undefined, product });
  });

  it('knows who made an API key, in both forms of the event', () => {
    const [key, user] = [newPrn(organization, 'api_key'), 'prn:1:user:1'];
    const named = { actor: user, resource: key };
    expect(created({ creator_prn: user, api_key_prn: key })).toMatchObject(named);
    expect(created({ creator_prn: user, api_key: { prn: key, name: 'n' } })).toMatchObject(named);
  });

  it('reads any payload, and finds by nothing that an index cannot hold', () => {
    const long = fc.string({ minLength: 200, maxLength: 400 });
    const text = fc.oneof(fc.string(), long);
    const anything = fc.jsonValue() as fc.Arbitrary<unknown>;
    const payload = fc.oneof(
      anything,
      fc.record({
        device: fc.oneof(
          anything,
          fc.record({
            prn: fc.oneof(fc.constant(device), anything),
            identifier: fc.oneof(text, anything),
            tags: fc.oneof(fc.array(fc.oneof(text, anything), { maxLength: 150 }), anything),
            cohort: fc.oneof(anything, fc.record({ cohort_prn: fc.oneof(fc.constant(cohort), anything) })),
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(payload, (any) => {
        const { identifier = 'x', tags = [], device: found } = eventFact(message(any));
        expect([undefined, device]).toContain(found);
        expect(tags.length).toBeLessThanOrEqual(MAX_TAGS);
        expect(new Set(tags).size).toBe(tags.length);
        for (const facet of [identifier, ...tags]) {
          expect(facet.length).toBeGreaterThan(0);
          expect(facet.length).toBeLessThanOrEqual(MAX_FACET_CHARACTERS);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(['', 'x', '[', 'null', '{"inserted_at":"soon"}'])('refuses %j as a body', (text) => {
    const of = { ...message({}), body: Buffer.from(text), event: newPrn(organization, 'event') };
    expect(() => eventFact(of)).toThrow(expect.objectContaining({ code: 'VALUE_INVALID' }));
  });
});
