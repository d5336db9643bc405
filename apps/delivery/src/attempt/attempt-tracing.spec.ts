import { describe, expect, it } from '@jest/globals';
import type { KafkaRecord } from '@fleethook/kafka';
import { Tracing } from '@fleethook/observability';
import { deliveryMessage } from '../testing/fake-record.js';
import { TierTracing } from '../retry/tier-tracing.js';
import { AttemptTracing } from './attempt-tracing.js';

const TRACE = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

/** Something that must not be looked at. */
function untouchable(): never {
  const anything: object = new Proxy(
    {},
    {
      get: (_target, name) => {
        throw new Error(`${String(name)} was read`);
      },
    },
  );
  return anything as never;
}

describe('tracing that is off', () => {
  it('does not look at what it would trace', () => {
    const record: KafkaRecord = untouchable();
    expect(new AttemptTracing(Tracing.off, false).begin(record, untouchable(), 'no URL', 0)).toBeUndefined();
    expect(new AttemptTracing(Tracing.off, false).toReceiver(untouchable(), undefined)).toBeUndefined();
    // Its reader has decoded the message already, and takes it apart at the call.
    expect(new TierTracing(Tracing.off).released(record, deliveryMessage({ trace: TRACE }))).toBeUndefined();
  });

  it('hands on what another began, if receivers are told', () => {
    const message = deliveryMessage({ trace: TRACE });
    expect(new AttemptTracing(Tracing.off, true).toReceiver(message, undefined)).toEqual(TRACE);
    expect(new AttemptTracing(Tracing.off, false).toReceiver(message, undefined)).toBeUndefined();
  });
});
