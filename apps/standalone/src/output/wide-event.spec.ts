import { describe, expect, it } from '@jest/globals';
import { parseWideEvent, renderWideEvent } from './wide-event.js';

const NOON = new Date(2026, 10, 24, 12, 0, 0).getTime();

function shown(fields: Record<string, unknown>, colours = false): string | undefined {
  const event = parseWideEvent(JSON.stringify({ level: 30, time: NOON, app: 'delivery', ...fields }));
  return event === undefined ? 'not one of ours' : renderWideEvent(event, colours);
}

describe('renderWideEvent', () => {
  it('tells an attempt in one line', () => {
    expect(
      shown({
        event: 'delivery.attempted',
        event_name: 'device.connected',
        attempt: 1,
        outcome: 'http_status',
        status: 500,
        latency_ms: 12.34,
        due_in_ms: 5_211,
      }),
    ).toBe('12:00:00 delivery device.connected attempt 1: http_status 500 after 12 ms, again in 5s');
  });

  it('leaves out what is only for the log file', () => {
    expect(shown({ event: 'kafka.group_joined', message: 'joined' })).toBeUndefined();
  });

  it('shows every warning and error with its reason', () => {
    expect(shown({ level: 40, event: 'kafka.topics_waiting', message: 'Kafka is away' })).toBe(
      '12:00:00 delivery WARN  Kafka is away',
    );
    expect(shown({ level: 50, event: 'x.failed', message: 'it failed', error: { message: 'no disk' } }, true)).toBe(
      '\u001B[31m12:00:00 delivery ERROR it failed: no disk\u001B[0m',
    );
  });

  it('says nothing of what the Kafka client gets over by itself', () => {
    expect(shown({ level: 40, event: 'kafka.client', message: 'not the leader' })).toBeUndefined();
  });

  it.each(['', 'Warning: something', '{"half":', '{}', 'null'])('does not take %j for one of ours', (line) => {
    expect(parseWideEvent(line)).toBeUndefined();
  });
});
