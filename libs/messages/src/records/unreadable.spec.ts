import { describe, expect, it } from '@jest/globals';
import { EventTypes } from '@fleethook/events';
import { decodeAttempt } from './attempt.message.js';
import { decodeDead } from './dead-letter.message.js';
import { decodeDelivery } from './delivery.message.js';
import { EventReader } from './event-reader.js';
import type { EncodedRecord } from './headers.js';
import { UNREADABLE_HEADER } from './unreadable.js';
import { decodeConfig, encodeTombstone } from './webhook-config.message.js';

const record: EncodedRecord = { key: null, value: null, headers: { [UNREADABLE_HEADER]: 'its batch is torn' } };

describe('a record whose batch cannot be read', () => {
  it('is refused as an event with the reason, which is read of no record that has a value', () => {
    const reader = new EventReader(new EventTypes());
    const place = { topic: 'fleet.events', partition: 0, offset: 0, timestampMs: 1 };
    expect(reader.read({ ...record, ...place })).toEqual({
      kind: 'refused',
      reason: 'undecodable',
      detail: 'its batch is torn',
    });
    const valued = reader.read({ ...record, ...place, value: Buffer.from('{') });
    expect(valued).not.toMatchObject({ detail: 'its batch is torn' });
  });

  it.each<[string, (record: EncodedRecord) => unknown]>([
    ['delivery', decodeDelivery],
    ['attempt', decodeAttempt],
    ['dead letter', decodeDead],
    ['configuration', decodeConfig],
  ])('is refused as a %s with the reason', (_what, decode) => {
    expect(() => decode(record)).toThrow(
      expect.objectContaining({ code: 'RECORD_UNREADABLE', message: expect.stringContaining('its batch is torn') }),
    );
  });

  it('is no tombstone, nor is a tombstone one', () => {
    expect(() => decodeConfig(record)).toThrow('cannot be read');
    expect(decodeConfig({ ...encodeTombstone('a'), value: null })).toBeNull();
    expect(decodeConfig({ ...record, key: 'a' })).toBeNull();
  });
});
