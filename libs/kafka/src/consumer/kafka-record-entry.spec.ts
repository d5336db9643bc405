import { describe, expect, it } from '@jest/globals';
import { PlaceTexts } from '../client/protocol/place-texts.js';
import { encodePayload } from '../client/protocol/record-payload.js';
import { bytesOf, recordOf } from './kafka-record-entry.js';

const OWNER = {
  topicName: 't',
  partition: 2,
  mayForward: true,
  texts: new PlaceTexts(),
  begin: () => true,
  settle: () => {},
  abandon: () => {},
  onceSure: () => {},
};

function message(payload: Buffer) {
  return { offset: '7', timestamp: '1700000000000', payloadBytes: payload.length, copyPayload: () => payload };
}

describe('a record', () => {
  it('is read from its bytes, as often as one looks', () => {
    const payload = encodePayload(Buffer.from('key'), Buffer.from('value'), { head: 'x' });
    const record = recordOf(OWNER, message(payload), 7, 0);
    for (let look = 0; look < 2; look += 1)
      expect([record.key, String(record.value), record.headers]).toEqual(['key', 'value', { head: 'x' }]);
    expect([record.topic, record.partition, record.offset, record.timestampMs]).toEqual(['t', 2, 7, 1_700_000_000_000]);
  });

  it('may be without key and value', () => {
    const record = recordOf(OWNER, message(encodePayload(null, null, {})), 7, 0);
    expect([record.key, record.value, record.headers]).toEqual([null, null, {}]);
  });

  it('counts its payload and what it costs itself', () => {
    const empty = bytesOf({ ...message(Buffer.alloc(0)) });
    expect(bytesOf(message(Buffer.alloc(113))) - empty).toBe(113);
    expect(empty).toBeGreaterThan(0);
  });
});
