import { describe, expect, it } from '@jest/globals';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import { createKafka } from './client-factory.js';

describe('client factory', () => {
  it('makes a client of its own each time', () => {
    const connection = {
      brokers: ['127.0.0.1:9092'],
      clientId: 'spec',
      prefix: '',
      replicationFactor: 1,
      sessionTimeoutMs: 30_000,
    };
    const context = {
      log: createLog({ app: 'spec', level: 'silent', format: 'json' }),
      metrics: createMetrics(),
      readiness: new Readiness(),
    };
    const first = createKafka(connection, context, 'one');
    expect(createKafka(connection, context, 'one')).not.toBe(first);
    expect(typeof first.producer).toBe('function');
  });
});
