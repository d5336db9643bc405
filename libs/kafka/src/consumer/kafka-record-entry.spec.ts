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

describe('a record', () => {
  it('owns its bytes: a slice would pin the whole fetch', () => {
    const response = Buffer.from('keyvaluehead');
    const [key, value, head] = [response.subarray(0, 3), response.subarray(3, 8), response.subarray(8)];
    const message = { offset: '7', timestamp: '1700000000000', key, value, headers: { head } };
    const record = recordOf(OWNER, message, 7, 0);
    response.fill(0);
    expect([record.key, record.value, record.headers['head']].map(String)).toEqual(['key', 'value', 'head']);
    expect([record.topic, record.partition, record.offset, record.timestampMs]).toEqual(['t', 2, 7, 1_700_000_000_000]);
  });

  it('has the last value of a repeated header, and none for one without', () => {
    const headers = { many: [Buffer.from('a'), Buffer.from('b')], one: 'text', none: undefined };
    const record = recordOf(OWNER, { offset: '0', timestamp: '0', key: null, value: null, headers }, 0, 0);
    expect(Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, String(value)]))).toEqual({
      many: 'b',
      one: 'text',
    });
    expect([record.key, record.value]).toEqual([null, null]);
  });

  it('counts payload, headers and what it costs itself', () => {
    const empty = bytesOf({ offset: '0', timestamp: '0', key: null, value: null });
    const message = {
      offset: '0',
      timestamp: '0',
      key: Buffer.alloc(3),
      value: Buffer.alloc(100),
      headers: { ab: Buffer.alloc(8) },
    };
    expect(bytesOf(message) - empty).toBe(113);
    expect(empty).toBeGreaterThan(0);
  });
});
