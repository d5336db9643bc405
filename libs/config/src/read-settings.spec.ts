import { describe, expect, it } from '@jest/globals';
import { readAppSettings, SETTINGS_BY_APP, summarize } from './all-settings.js';
import { faultsOf } from './testing/faults-of.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

const intakeOf = (url: string): string | undefined =>
  readAppSettings('api', { SECRETS_KEY: KEY, INGEST_PUBLIC_URL: url }).ingestPublicUrl;

describe('readAppSettings', () => {
  it('gives the documented defaults', () => {
    const settings = readAppSettings('delivery', { SECRETS_KEY: KEY });
    expect(settings.deliveryTimeoutMs).toBe(10_000);
    expect(settings.retryHorizonMs).toBe(72 * 3_600_000);
    expect(settings.retryScheduleMs).toHaveLength(10);
    expect(settings.egressAllowCidrs).toEqual([]);
    expect(settings.port).toBe(4003);
  });

  it('lists every fault at once, each with its variable', () => {
    const faults = faultsOf('delivery', {
      DELIVERY_TIMEOUT: '10',
      RETRY_SCHEDULE: '30s,5s',
      DELIVERY_PORT: '70000',
      WEBHOOK_CONCURENCY: '5',
    });
    expect(faults).toEqual([
      { variable: 'DELIVERY_PORT', message: 'must be a whole number from 0 to 65535' },
      { variable: 'DELIVERY_TIMEOUT', message: 'must be a duration such as 500ms, 10s, 2m, 4h or 3d' },
      { variable: 'RETRY_SCHEDULE', message: 'must grow from each delay to the next' },
      { variable: 'SECRETS_KEY', message: 'is required' },
      { variable: 'WEBHOOK_CONCURENCY', message: 'is not a setting of Fleethook; did you mean WEBHOOK_CONCURRENCY?' },
    ]);
  });

  it('names the bound that a value breaks', () => {
    expect(faultsOf('delivery', { SECRETS_KEY: KEY, DELIVERY_TIMEOUT: '31s' })).toEqual([
      { variable: 'DELIVERY_TIMEOUT', message: 'must be at most 30s' },
    ]);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readAppSettings('router', { ROUTER_PORT: '', KAFKA_SASL_USERNAME: ' ' })).toMatchObject({
      port: 4002,
      kafkaSaslUsername: undefined,
    });
  });

  it('says what is wrong with a setting that may be left out, too', () => {
    expect(faultsOf('router', { KAFKA_SASL_MECHANISM: 'gssapi' })).toEqual([
      { variable: 'KAFKA_SASL_MECHANISM', message: 'must be one of plain, scram-sha-256, scram-sha-512' },
    ]);
  });

  it("does not mind another app's settings, nor variables that are not ours", () => {
    expect(readAppSettings('router', { DELIVERY_TIMEOUT: '5s', PATH: '/bin', KAFKA_HOME: '/opt' }).port).toBe(4002);
  });

  it.each([
    'postgres://u:p@db:5432/fleet?sslmode=require',
    'postgresql://[::1]/fleet',
    'postgres:///fleet?host=/run/pg',
  ])('takes %s for where PostgreSQL is', (url) => {
    expect(readAppSettings('recorder', { DATABASE_URL: url }).databaseUrl).toBe(url);
  });

  it.each([
    'nonsense',
    'mysql://u:p@db/fleet',
    'postgres://u:p@db',
    'postgres://db/',
    'postgres:///fleet',
    'db:5432/fleet',
  ])('refuses %s as where PostgreSQL is, by the name of the setting and without repeating it', (url) => {
    const message = 'must be a URL such as postgres://user:password@host:5432/database';
    for (const app of ['recorder', 'standalone'] as const)
      expect(faultsOf(app, { DATABASE_URL: url })).toEqual([{ variable: 'DATABASE_URL', message }]);
  });

  it('takes an address for where producers find the intake, and nothing else', () => {
    expect(intakeOf('https://events.example.com/')).toBe('https://events.example.com');
    expect(intakeOf('http://10.0.0.7:4001/intake')).toBe('http://10.0.0.7:4001/intake');
    expect(intakeOf('')).toBeUndefined();
    for (const url of [
      'events.example.com',
      'ftp://events.example.com',
      'https://u:p@e.example',
      'https://e.example?a',
    ])
      expect(faultsOf('api', { SECRETS_KEY: KEY, INGEST_PUBLIC_URL: url })).toEqual([
        { variable: 'INGEST_PUBLIC_URL', message: 'must be an address such as https://events.example.com' },
      ]);
  });

  it('never shows a secret in a fault or in the summary', () => {
    const secret = 'hunter2-is-no-key';
    const faults = faultsOf('delivery', { SECRETS_KEY: secret });
    expect(faults).toHaveLength(1);
    const settings = readAppSettings('api', { SECRETS_KEY: KEY, DATABASE_URL: `postgres://u:${secret}@h/d` });
    expect(JSON.stringify(summarize(SETTINGS_BY_APP.api, settings))).not.toContain(secret);
    expect(JSON.stringify(faults)).not.toContain(secret);
  });
});
