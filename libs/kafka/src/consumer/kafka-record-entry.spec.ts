import { describe, expect, it } from '@jest/globals';
import { bytesOf, recordOf } from './kafka-record-entry.js';

const OWNER = {
  topicName: 't',
  partition: 2,
  mayForward: true,
  begin: () => true,
  settle: () => {},
  abandon: () => {},
};
const MESSAGE = {
  offset: '7',
  timestamp: '1700000000000',
  keyText: 'key',
  headerTexts: { head: 'x' },
  payloadBytes: 9,
};

describe('a record', () => {
  it('owns its bytes: a slice would pin the whole fetch', () => {
    const response = Buffer.from('..value..');
    const record = recordOf(OWNER, { ...MESSAGE, value: response.subarray(2, 7) }, 7, 0);
    response.fill(0);
    expect([record.key, String(record.value), record.headers['head']]).toEqual(['key', 'value', 'x']);
    expect([record.topic, record.partition, record.offset, record.timestampMs]).toEqual(['t', 2, 7, 1_700_000_000_000]);
  });

  it('may be without key and value', () => {
    const record = recordOf(OWNER, { ...MESSAGE, keyText: null, value: null }, 7, 0);
    expect([record.key, record.value]).toEqual([null, null]);
  });

  it('counts its payload and what it costs itself', () => {
    const empty = bytesOf({ ...MESSAGE, value: null, payloadBytes: 0 });
    expect(bytesOf({ ...MESSAGE, value: null, payloadBytes: 113 }) - empty).toBe(113);
    expect(empty).toBeGreaterThan(0);
  });
});
