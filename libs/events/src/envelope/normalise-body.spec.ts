import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../catalogue.js';
import { EventTypes } from '../event-types.js';
import type { EventSource } from '../event-source.js';
import { normaliseBody, type NormalisedEvent, type RefusedEvent } from './normalise-body.js';
import { newOrganizationPrn, newPrn } from '../names/prn.js';
import { parseEventName } from '../names/event-name.js';

const organization = newOrganizationPrn();
const device = newPrn(organization, 'device');
const types = new EventTypes();
const source: EventSource = {
  organization,
  nowMs: Date.UTC(2026, 0, 1, 12, 30, 15, 999),
  types,
  maxEventBytes: 262_144,
};

const event = (payload: object = { device: { prn: device } }, rest: object = {}, name = 'connected'): object => ({
  type: 'device',
  data: { type: name, data: payload },
  ...rest,
});
const normalise = (text: string | Buffer, from: EventSource = source): NormalisedEvent | RefusedEvent =>
  normaliseBody(Buffer.from(text as string), from);

function taken(text: string): NormalisedEvent {
  const result = normalise(text);
  if (result.kind !== 'event') throw new Error(JSON.stringify(result));
  return result;
}

function refusal(text: string | Buffer, from?: EventSource): Record<string, readonly string[]> {
  const result = normalise(text, from);
  if (result.kind === 'event') throw new Error(`taken: ${result.body.toString()}`);
  return result.errors;
}

/** An event whose payload has `inner` written into it as it is. */
const raw = (inner: string): string =>
  `{"type":"device","data":{"type":"connected","data":{"device":{"prn":"${device}"},${inner}}}}`;

const nested = (levels: number): string => raw(`"n":${'['.repeat(levels)}${']'.repeat(levels)}`);
const door = (payload: object): string => JSON.stringify({ type: 'door', data: { type: 'opened', data: payload } });

describe('normaliseBody', () => {
  it('writes the envelope in its order, with what the sender left out', () => {
    const { prn, name, body, device: key } = taken(JSON.stringify(event()));
    expect(body.toString()).toBe(
      `{"version":1,"prn":"${prn}","type":"device","inserted_at":"2026-01-01T12:30:15Z","data":{"type":"connected","data":{"device":{"prn":"${device}"}}}}`,
    );
    expect(name).toBe('device.connected');
    expect(key).toBe(device);
    expect(prn.startsWith(`${organization}:event:`)).toBe(true);
  });

  it('keeps what the sender gave, in any order of keys', () => {
    const prn = newPrn(organization, 'event');
    const result = taken(
      JSON.stringify({
        data: { data: { device: { prn: device } }, type: 'connected' },
        inserted_at: '2025-12-31T23:59:59Z',
        prn,
        type: 'device',
        version: 1,
      }),
    );
    expect(result.prn).toBe(prn);
    expect(Object.keys(JSON.parse(result.body.toString()) as object)).toEqual([
      'version',
      'prn',
      'type',
      'inserted_at',
      'data',
    ]);
    expect(result.body.toString()).toContain('"inserted_at":"2025-12-31T23:59:59Z"');
  });

  it('gives the same bytes for the same event twice, and for its own output', () => {
    const first = taken(JSON.stringify(event({ device: { prn: device }, headers: { b: 'ü', a: '\u2028' } })));
    expect(taken(first.body.toString()).body.equals(first.body)).toBe(true);
  });

  it.each(['release-changed', 'release_changed'])('stores %s with an underscore', (name) => {
    const result = taken(JSON.stringify(event({ device: { prn: device } }, {}, name)));
    expect(result.name).toBe('device.release_changed');
    expect(JSON.parse(result.body.toString())).toMatchObject({ data: { type: 'release_changed' } });
  });

  it.each([
    ['2026-01-01T00:00:00.999Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00Z'],
    ['2024-02-29T23:59:59.123456Z', '2024-02-29T23:59:59Z'],
  ])('writes the time %s as %s', (given, written) => {
    expect(taken(JSON.stringify(event(undefined, { inserted_at: given }))).body.toString()).toContain(written);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-01-01',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+02:00',
    1_767_225_600,
    '',
  ])('refuses the time %j', (given) => {
    expect(Object.keys(refusal(JSON.stringify(event(undefined, { inserted_at: given }))))).toEqual(['/inserted_at']);
  });

  it('keeps unknown fields of the payload, __proto__ and constructor included, as data', () => {
    const body = taken(
      raw('"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"own":[1,null]'),
    ).body.toString();
    expect(body).toContain(
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"own":[1,null]',
    );
    expect(JSON.stringify(JSON.parse(body))).toBe(body);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('takes the organization of the PRN when it is not told one', () => {
    const prn = newPrn(organization, 'event');
    const anyone: EventSource = { ...source, organization: undefined };
    expect(normalise(JSON.stringify(event(undefined, { prn })), anyone).kind).toBe('event');
    expect(refusal(JSON.stringify(event()), anyone)).toEqual({ '/prn': ['is required'] });
  });

  it('names an event without a PRN as it is told to', () => {
    const prn = newPrn(organization, 'event');
    expect(normalise(JSON.stringify(event()), { ...source, prn })).toMatchObject({ prn });
  });

  it('has no device where the payload names none that is one', () => {
    const custom = new EventTypes();
    custom.register(organization, parseEventName('door.opened'), { type: 'object' });
    const from = { ...source, types: custom };
    expect(normalise(door({}), from)).toMatchObject({ kind: 'event', device: undefined });
    expect(normalise(door({ device: { prn: 'x' } }), from)).toMatchObject({ kind: 'event', device: undefined });
    expect(normalise(door({ device: { prn: device } }), from)).toMatchObject({ kind: 'event', device });
  });

  it.each([
    ['{"type":', ''],
    ['', ''],
    ['nonsense', ''],
    ["{'type':'device'}", ''],
    ['{"type":"device",}', ''],
    [`${JSON.stringify(event())} x`, ''],
    [`${JSON.stringify(event())},`, ''],
    ['{"a":NaN}', ''],
    ['{"a":01}', ''],
  ])('says that %s is not JSON', (text, pointer) => {
    const result = normalise(text);
    expect(result).toMatchObject({ kind: 'refused', reason: 'not_json' });
    expect(refusal(text)[pointer]).toBeDefined();
  });

  it('refuses what is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"type":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    expect(normalise(bytes)).toMatchObject({ reason: 'not_json', errors: { '': ['is not UTF-8'] } });
    // A surrogate encoded as three bytes (CESU-8) is not UTF-8 either.
    expect(normalise(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toMatchObject({ reason: 'not_json' });
  });

  it.each(['null', '1', '"text"', '[]', 'true'])('refuses %s as an event', (text) => {
    expect(refusal(text)).toEqual({ '': ['must be an object'] });
  });

  it.each<[object, string, string]>([
    [{ data: { type: 'connected', data: {} } }, '/type', 'is required'],
    [{}, '/data', 'is required'],
    [event(undefined, { type: 7 }), '/type', 'must be a string'],
    [event(undefined, { version: 2 }), '/version', 'must be 1'],
    [event(undefined, { version: '1' }), '/version', 'must be 1'],
    [event(undefined, { data: [] }), '/data', 'must be an object'],
    [event(undefined, { data: { type: 'connected' } }), '/data/data', 'is required'],
    [event(undefined, { data: { type: 'connected', data: [] } }), '/data/data', 'must be an object'],
    [event(undefined, { data: { data: {} } }), '/data/type', 'is required'],
    [event(undefined, { organization: 'x' }), '/organization', 'is not a field of an event'],
    [event(undefined, { prn: newPrn(newOrganizationPrn(), 'event') }), '/prn', 'names another organization'],
    [event(undefined, { prn: device }), '/prn', 'must be the PRN of an event'],
    [event(undefined, { prn: `${organization}:event:1` }), '/prn', 'must be the PRN of an event'],
    [event(undefined, { type: 'gadget' }), '/data/type', 'gadget.connected is not known; register it first'],
    [event(undefined, { type: 'Device' }), '/data/type', 'is not a name such as device.connected'],
    [event({}, {}, 'toString'), '/data/type', 'is not a name such as device.connected'],
    [event({}), '/data/data/device', 'is required'],
    [event({ device: { prn: 5 } }), '/data/data/device/prn', 'must be string'],
    [event({ device: { prn: device }, headers: { 'a/b~c': 1 } }), '/data/data/headers/a~1b~0c', 'must be string'],
    [
      event({ device: { prn: device }, __proto__: null, ip_address: [] }),
      '/data/data/ip_address',
      'must be string,null',
    ],
  ])('refuses %j at %s', (given, pointer, message) => {
    expect(refusal(JSON.stringify(given))[pointer]).toContainEqual(expect.stringContaining(message));
  });

  it('never takes a record of the platform in', () => {
    const example = catalogue.get('webhook.request_failed')?.example ?? {};
    expect(refusal(JSON.stringify({ type: 'webhook', data: { type: 'request_failed', data: example } }))).toEqual({
      '/data/type': ['webhook.request_failed is recorded by the platform and cannot be published'],
    });
  });

  it.each([
    [raw('"a":1,"a":1'), '/data/data/a', 'is given more than once'],
    [raw('"a":{"b":[{"c":1,"\\u0063":2}]}'), '/data/data/a/b/0/c', 'is given more than once'],
    [raw('"__proto__":1,"__proto__":2'), '/data/data/__proto__', 'is given more than once'],
    [JSON.stringify(event()).replace('{', '{"type":"device",'), '/type', 'is given more than once'],
    [raw('"n":9007199254740993'), '/data/data/n', 'is an integer beyond 2^53; send it as a string'],
    [raw('"n":[-9007199254740992]'), '/data/data/n/0', 'is an integer beyond 2^53; send it as a string'],
    [raw('"n":1e17'), '/data/data/n', 'is an integer beyond 2^53; send it as a string'],
    [raw('"n":1e400'), '/data/data/n', 'is beyond the range of a number'],
    [raw('"s":"\\ud83d"'), '/data/data/s', 'holds half of a surrogate pair'],
    [raw('"s":"\\uDE00\\uD83D"'), '/data/data/s', 'holds half of a surrogate pair'],
    [raw('"\\ud83d":1'), '/data/data', 'has a key with half of a surrogate pair'],
  ])('refuses what would not survive parsing: %s', (text, pointer, message) => {
    expect(refusal(text)).toEqual({ [pointer]: [message] });
  });

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '0.1',
    '1.0',
    '1e2',
    '-0',
    '1e21',
    '5e-324',
    '123456789012.345',
    '0.30000000000000004',
    '21.100000000000001',
    '0.12345678901234567890',
    '1e-400',
  ])('takes the number %s', (number) => {
    const body = taken(raw(`"n":${number}`)).body.toString();
    expect(body).toContain(`"n":${JSON.stringify(Number(number))}`);
  });

  it('takes a whole surrogate pair, and writes it as the character', () => {
    expect(taken(raw('"s":"\\ud83d\\ude00 \\ud7ff"')).body.toString()).toContain('"s":"😀 \ud7ff"');
  });

  it('bounds nesting, and does so before it parses', () => {
    expect(taken(nested(61)).kind).toBe('event');
    expect(refusal(nested(62))).toEqual({ '': ['is nested deeper than 64 levels'] });
    expect(refusal('['.repeat(200_000))).toEqual({ '': ['is nested deeper than 64 levels'] });
  });

  it('bounds the size of the normalised event, not of what was sent', () => {
    const small = { ...source, maxEventBytes: 400 };
    const spaced = JSON.stringify(event(), undefined, 10).replaceAll('\n', '\n'.repeat(40));
    expect(spaced.length).toBeGreaterThan(600);
    expect(normalise(spaced, small).kind).toBe('event');
    expect(normalise(JSON.stringify(event({ device: { prn: device }, note: 'x'.repeat(300) })), small)).toMatchObject({
      kind: 'refused',
      reason: 'too_large',
    });
  });

  it('refuses by size what was sent, before any work that grows with it, be it a long string or many faults', () => {
    const long = raw(`"s":"${'x'.repeat(9_000_000)}","n":1e2`);
    const wrong = JSON.stringify(
      event({ device: { prn: device, tags: Array.from({ length: 200_000 }, () => 1) } }, {}, 'updated'),
    );
    for (const sent of [long, wrong]) expect(normalise(sent)).toMatchObject({ kind: 'refused', reason: 'too_large' });
  });

  it('names a bounded number of faults', () => {
    const faults = refusal(
      JSON.stringify(
        event({
          device: { prn: device },
          headers: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`h${i}`, i])),
        }),
      ),
    );
    expect(Object.keys(faults)).toHaveLength(20);
  });
});
