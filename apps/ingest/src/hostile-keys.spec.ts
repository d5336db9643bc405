import { afterEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { closeIntakes, device, Intake } from './testing/intake.js';

afterEach(closeIntakes);

const POLLUTED = ['polluted', 'isAdmin', 'accepted'];
const bodyOf = (payload: string): string =>
  `{"type":"device","data":{"type":"connected","data":{"device":{"prn":"${device}"},${payload}}}}`;

/** What JSON.parse makes of it has these as members of its own: nothing may merge them into anything. */
const PAYLOADS = [
  '"__proto__":{"polluted":true}',
  '"constructor":{"prototype":{"polluted":true}}',
  '"prototype":{"polluted":true},"toString":1,"valueOf":null,"hasOwnProperty":"x"',
  '"a":{"__proto__":{"isAdmin":true,"__proto__":{"accepted":9}}}',
  '"a":[{"__proto__":[]},{"constructor":{"prototype":{}}}]',
  '"__defineGetter__":"x","__lookupSetter__":{},"then":"x"',
] as const;

describe('names of members that mean something to JavaScript', () => {
  it.each(PAYLOADS)('are data: %s goes into Kafka as it came', async (payload) => {
    const intake = await Intake.start();
    expect((await intake.post(bodyOf(payload))).status).toBe(202);
    expect((await intake.lines(bodyOf(payload))).status).toBe(202);
    for (const { value } of intake.kafka.records) expect(String(value)).toContain(payload);
    expect(intake.kafka.records).toHaveLength(2);
    for (const name of POLLUTED) expect(name in {}).toBe(false);
  });

  it.each([
    ['of the envelope', '{"__proto__":{"type":"device"},"data":{"type":"connected","data":{}}}'],
    [
      'of the envelope’s data',
      `{"type":"device","data":{"__proto__":{"type":"connected"},"data":{"device":{"prn":"${device}"}}}}`,
    ],
    ['in place of an event', '{"__proto__":{"type":"device","data":{"type":"connected","data":{}}}}'],
    ['as a type', '{"type":"__proto__","data":{"type":"constructor","data":{}}}'],
    ['as a type of Object', '{"type":"constructor","data":{"type":"name","data":{}}}'],
  ])('stand for nothing that is missing: %s', async (_, body) => {
    const intake = await Intake.start();
    const reply = await intake.post(body);
    expect(reply.status).toBe(422);
    expect(Object.keys(reply.body.rejected?.[0]?.errors ?? {}).length).toBeGreaterThan(0);
    expect(intake.kafka.records).toEqual([]);
  });

  it('change nothing, wherever they are', async () => {
    const intake = await Intake.start();
    const names = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'polluted', 'then', '');
    const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 1, 'x'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.uniqueArray(fc.tuple(names, tie('value')), { selector: ([name]) => name, maxLength: 4 }).map(
          // Members of its own, as JSON.parse makes them.
          (members) => Object.fromEntries(members),
        ),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(anyValue, async (value) => {
        intake.kafka.records.length = 0;
        const payload = `"sent":${JSON.stringify(value)}`;
        expect((await intake.post(bodyOf(payload))).status).toBe(202);
        expect(String(intake.kafka.records[0]?.value)).toContain(payload);
        expect('polluted' in {}).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
