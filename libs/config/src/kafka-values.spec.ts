import { describe, expect, it } from '@jest/globals';
import { readAppSettings } from './all-settings.js';
import { faultsOf } from './testing/faults-of.js';

const APPS = ['ingest', 'router', 'standalone'] as const;

describe('brokers', () => {
  it.each([
    ['kafka:9092', ['kafka:9092']],
    [' kafka_1.internal:1 , 10.0.0.7:65535,', ['kafka_1.internal:1', '10.0.0.7:65535']],
  ])('are taken from %j', (text, brokers) => {
    for (const app of APPS) expect(readAppSettings(app, { KAFKA_BROKERS: text }).kafkaBrokers).toEqual(brokers);
  });

  it.each([
    [',', ['must name at least one broker, such as kafka-1:9092']],
    ['127.0.0.1:99999', ['item 1 must have a port from 1 to 65535']],
    ['kafka:0', ['item 1 must have a port from 1 to 65535']],
    ['kafka', ['item 1 is not like kafka-1:9092']],
    ['kafka:9092/topic', ['item 1 is not like kafka-1:9092']],
    ['SASL_SSL://kafka:9092', ['item 1 is not like kafka-1:9092']],
    ['fd00::1:9092', ['item 1 is not like kafka-1:9092']],
    ['[::1]:9092', ['item 1 is an IPv6 address; give the name of the broker instead, such as kafka-1:9092']],
    ['a:9092,b,c:65536', ['item 2 is not like kafka-1:9092', 'item 3 must have a port from 1 to 65535']],
  ])('are not taken from %j', (text, messages) => {
    const faults = messages.map((message) => ({ variable: 'KAFKA_BROKERS', message }));
    for (const app of APPS) expect(faultsOf(app, { KAFKA_BROKERS: text })).toEqual(faults);
  });
});

describe('a prefix of topics', () => {
  it.each(['fleet-', 'a.b_C9.', 'x'.repeat(221)])('may be %s', (prefix) => {
    expect(readAppSettings('router', { KAFKA_TOPIC_PREFIX: prefix }).kafkaTopicPrefix).toBe(prefix);
  });

  it.each(['bad prefix/', 'a b', 'flotte-é', 'a/b', 'a:b', 'x'.repeat(222)])('may not be %s', (prefix) => {
    const message = 'must be at most 221 letters of A to Z and a to z, digits, dots, underscores and hyphens';
    expect(faultsOf('router', { KAFKA_TOPIC_PREFIX: prefix })).toEqual([{ variable: 'KAFKA_TOPIC_PREFIX', message }]);
  });
});
