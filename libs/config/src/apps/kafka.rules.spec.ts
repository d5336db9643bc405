import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, it } from '@jest/globals';
import { faultsOf } from '../testing/faults-of.js';

const SASL = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'fleethook', KAFKA_SASL_PASSWORD: 'secret' };
const FOLDER = mkdtempSync(path.join(tmpdir(), 'fleethook-authority-'));
const CA_FILE = path.join(FOLDER, 'ca.pem');
writeFileSync(CA_FILE, rootCertificates[0] ?? '');
afterAll(() => rmSync(FOLDER, { recursive: true }));

const APPS = ['ingest', 'router', 'recorder', 'doctor'] as const;

describe('the settings of Kafka together', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['a user', SASL],
    ['TLS', { KAFKA_SSL: 'true' }],
    ['TLS and its authority', { KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: CA_FILE }],
    ['what is set to nothing', { KAFKA_SSL_CA_FILE: '', KAFKA_SASL_MECHANISM: '', KAFKA_SASL_PASSWORD: ' ' }],
  ])('may be %s', (_, environment) => {
    for (const app of APPS) expect(faultsOf(app, environment)).toEqual([]);
  });

  it.each(['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'])('need %s with a mechanism', (variable) => {
    const message = 'is required where KAFKA_SASL_MECHANISM is set';
    for (const app of APPS) expect(faultsOf(app, { ...SASL, [variable]: '' })).toEqual([{ variable, message }]);
  });

  it.each(['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'])('need a mechanism with %s', (variable) => {
    const message = 'is set, but KAFKA_SASL_MECHANISM is not: set it, or leave this out';
    for (const app of APPS) expect(faultsOf(app, { [variable]: 'secret' })).toEqual([{ variable, message }]);
  });

  it.each([{}, { KAFKA_SSL: 'false' }])('need TLS with an authority: %j', (rest) => {
    const message = 'is set, but KAFKA_SSL is not true: set it, or leave this out';
    for (const app of APPS)
      expect(faultsOf(app, { ...rest, KAFKA_SSL_CA_FILE: CA_FILE })).toEqual([
        { variable: 'KAFKA_SSL_CA_FILE', message },
      ]);
  });

  it('are not blamed for one that is bad by itself', () => {
    const faults = faultsOf('router', { ...SASL, KAFKA_SASL_MECHANISM: 'gssapi', KAFKA_SSL: 'yes' });
    expect(faults.map(({ variable }) => variable)).toEqual(['KAFKA_SSL', 'KAFKA_SASL_MECHANISM']);
  });

  it('are listed with all else that is wrong, without the password', () => {
    const faults = faultsOf('router', {
      ROUTER_PORT: '-1',
      KAFKA_SSL_CA_FILE: CA_FILE,
      KAFKA_SASL_USERNAME: 'fleethook',
      KAFKA_SASL_PASSWORD: 'hunter2',
      FLEETHOOK_HOSTS: 'x',
    });
    expect(faults.map(({ variable }) => variable)).toEqual([
      'ROUTER_PORT',
      'KAFKA_SSL_CA_FILE',
      'KAFKA_SASL_USERNAME',
      'KAFKA_SASL_PASSWORD',
      'FLEETHOOK_HOSTS',
    ]);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });
});
