import { describe, expect, it } from '@jest/globals';
import { EventTypes, newOrganizationPrn, newPrn, organizationOf } from '@fleethook/events';
import { DirectEventReader } from './direct-event-reader.js';
import type { EventRecord } from './event-read.js';

const organization = newOrganizationPrn();
const reader = new DirectEventReader(new EventTypes());

function record(value: unknown, headers: Record<string, string> = {}, offset = 12): EventRecord {
  return {
    topic: 'fleet.events',
    partition: 4,
    offset,
    timestampMs: Date.parse('2026-01-02T03:04:05.678Z'),
    key: null,
    value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)),
    headers,
  };
}

const testFire = {
  type: 'webhook',
  data: { type: 'test-fire', data: { webhook_prn: newPrn(organization, 'webhook') } },
};

describe('a record of a direct producer', () => {
  it('gets the one form that intake gives, and the underscore name', () => {
    const read = reader.read(record(testFire, { organization }));
    if (read.kind === 'refused') throw new Error(read.detail);
    const body = read.event.body.toString();
    expect(body).toBe(JSON.stringify(JSON.parse(body)));
    expect(JSON.parse(body)).toEqual({
      version: 1,
      prn: read.event.event,
      type: 'webhook',
      inserted_at: '2026-01-02T03:04:05Z',
      data: { ...testFire.data, type: 'test_fire' },
    });
    expect(read.event).toMatchObject({
      name: 'webhook.test_fire',
      acceptedAtMs: Date.parse('2026-01-02T03:04:05.678Z'),
    });
    expect(organizationOf(read.event.event)).toBe(organization);
  });

  it('is the same event, byte for byte, when it is read again, and another one at another offset', () => {
    const read = () => reader.read(record(testFire, { organization }));
    expect(read()).toEqual(read());
    const other = reader.read(record(testFire, { organization }, 13));
    expect(other).not.toEqual(read());
  });

  it('keeps the PRN that its producer gave, and needs no header then', () => {
    const prn = newPrn(organization, 'event');
    expect(reader.read(record({ ...testFire, prn }))).toMatchObject({ kind: 'event', event: { event: prn } });
  });

  it('may have a byte order mark before it, as over HTTP', () => {
    const marked = record(`\ufeff${JSON.stringify(testFire)}`, { organization });
    expect(reader.read(marked)).toEqual(reader.read(record(testFire, { organization })));
  });

  it.each<[string, EventRecord, RegExp]>([
    ['no value', record(null), /no value/],
    ['no organization', record(testFire), /./],
    ['an organization that is none', record(testFire, { organization: 'acme' }), /organization/],
    [
      "another organization's PRN",
      record({ ...testFire, prn: newPrn(newOrganizationPrn(), 'event') }, { organization }),
      /prn/,
    ],
    ['a text that is not JSON', record('{"type":', { organization }), /JSON/],
    ['nothing behind a byte order mark', record('\ufeff', { organization }), /JSON/],
    ['two byte order marks', record(`\ufeff\ufeff${JSON.stringify(testFire)}`, { organization }), /JSON/],
    ['an unknown name', record({ ...testFire, type: 'made_up' }, { organization }), /made_up/],
    [
      'a payload that its schema refuses',
      record({ type: 'webhook', data: { type: 'test_fire', data: {} } }, { organization }),
      /webhook_prn/,
    ],
    [
      'a body over the limit',
      record(
        { ...testFire, data: { ...testFire.data, data: { ...testFire.data.data, x: 'y'.repeat(300_000) } } },
        { organization },
      ),
      /bytes/,
    ],
    [
      'a number that no receiver reads back',
      record(
        `{"type":"webhook","data":{"type":"test_fire","data":{"webhook_prn":"${newPrn(organization, 'webhook')}","n":12345678901234567890}}}`,
        { organization },
      ),
      /n/,
    ],
  ])('is refused, with the reason, for %s', (_what, one, reason) => {
    const read = reader.read(one);
    expect(read.kind === 'refused' ? read.detail : 'taken').toMatch(reason);
    expect(read.kind).toBe('refused');
  });
});
