import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@fleethook/config';
import { readStandaloneSettings } from './standalone-settings.js';

function faultyVariables(environment: Record<string, string>): string[] {
  try {
    readStandaloneSettings(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
  return [];
}

describe('the settings of npm start', () => {
  it('need nothing', () => {
    expect(readStandaloneSettings({}).kafkaBrokers).toBeUndefined();
    expect(readStandaloneSettings({ KAFKA_BROKERS: 'a:9092, b:9092' }).kafkaBrokers).toEqual(['a:9092', 'b:9092']);
  });

  it('are refused with what is wrong for itself and for its apps at once, each fault once', () => {
    expect(
      faultyVariables({
        KAFKA_BROKERS: ',',
        KAFKA_TOPIC_PREFIX: 'bad prefix/',
        KAFKA_SASL_USERNAME: 'fleethook',
        DELIVERY_TIMEOUT: '10',
        API_PORT: 'x',
        LOG_LEVLE: 'debug',
      }).toSorted(),
    ).toEqual([
      'API_PORT',
      'DELIVERY_TIMEOUT',
      'KAFKA_BROKERS',
      'KAFKA_SASL_USERNAME',
      'KAFKA_TOPIC_PREFIX',
      'LOG_LEVLE',
    ]);
  });

  it('are refused for a bad key, not for a missing one', () => {
    expect(faultyVariables({ API_PORT: 'x', SECRETS_KEY: ' ' })).toEqual(['API_PORT']);
    expect(faultyVariables({ API_PORT: 'x', SECRETS_KEY: 'hunter2' })).toEqual(['API_PORT', 'SECRETS_KEY']);
  });
});
