import { describe, expect, it } from '@jest/globals';
import { CliError, UsageError } from '../running/cli-error.js';
import { readEnvironment } from '../running/environment.js';
import { addressesOf } from './addresses.js';
import { retryAfterMs, waitFor } from './http.js';

const standalone = {
  file: '.fleethook/standalone.json',
  apiUrl: 'http://127.0.0.1:5000',
  ingestUrl: 'http://127.0.0.1:5001',
  apiKey: 'fhk_local',
  organizationPrn: undefined,
};
const none = readEnvironment({});

describe('addressesOf', () => {
  it('takes options before variables, these before what runs here, and that before defaults', () => {
    const variables = readEnvironment({ FLEETHOOK_URL: 'http://api.test', FLEETHOOK_API_KEY: 'fhk_variable' });
    expect(addressesOf({ url: 'https://a.test/base/' }, variables, standalone).apiUrl).toBe('https://a.test/base');
    expect(addressesOf({}, variables, standalone)).toMatchObject({
      apiUrl: 'http://api.test',
      ingestUrl: 'http://127.0.0.1:5001',
    });
    expect(addressesOf({}, none, standalone).apiUrl).toBe('http://127.0.0.1:5000');
    expect(addressesOf({}, none, undefined)).toMatchObject({
      apiUrl: 'http://127.0.0.1:4000',
      ingestUrl: 'http://127.0.0.1:4001',
    });
    expect(addressesOf({ apiKey: 'fhk_option' }, variables, standalone).apiKey('api')).toBe('fhk_option');
    expect(addressesOf({}, variables, standalone).apiKey('ingest')).toBe('fhk_variable');
  });

  it('sends the key of this machine nowhere else', () => {
    expect(addressesOf({}, none, standalone).apiKey('api')).toBe('fhk_local');
    const elsewhere = addressesOf({ url: 'https://elsewhere.test' }, none, standalone);
    expect(elsewhere.apiKey('ingest')).toBe('fhk_local');
    expect(() => elsewhere.apiKey('api')).toThrow(CliError);
    expect(() => addressesOf({}, none, undefined).apiKey('api')).toThrow('There is no API key.');
  });

  it.each(['localhost:4000', 'ftp://x', 'http://x?a=b', '', 'http://'])('refuses %j as an address', (url) => {
    expect(() => addressesOf({ url }, none, undefined)).toThrow(UsageError);
  });

  it('refuses a key that no header can hold', () => {
    for (const apiKey of ['', 'fhk_ä', 'a b', 'a\n'])
      expect(() => addressesOf({ apiKey }, none, undefined).apiKey('api')).toThrow(UsageError);
  });
});

it('an empty variable is none', () => {
  expect(readEnvironment({ FLEETHOOK_URL: '', NO_COLOR: '', COLUMNS: 'x' })).toEqual(none);
  expect(readEnvironment({ NO_COLOR: '0', COLUMNS: '120' })).toMatchObject({ noColor: true, columns: 120 });
});

it('Retry-After is read in both forms', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfterMs('5', nowMs)).toBe(5_000);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:07 GMT', nowMs)).toBe(7_000);
  expect(retryAfterMs('Thu, 01 Jan 2025 00:00:07 GMT', nowMs)).toBe(0);
  expect(retryAfterMs('soon', nowMs)).toBeUndefined();
  expect(retryAfterMs(undefined, nowMs)).toBeUndefined();
});

it('waits long, too', async () => {
  await expect(waitFor(1e12, AbortSignal.timeout(20))).rejects.toThrow('timeout');
});
