import { describe, expect, it } from '@jest/globals';
import { explainStart } from './explain-start.js';

describe('explainStart', () => {
  it.each([
    ['java.io.IOException: No space left on device', 'DISK_FULL', /the disk is full: make room/],
    ['FATAL:  lock file "postmaster.pid" already exists', 'START_FAILED', /another one uses the same data/],
    ['Caused by: java.net.BindException: Address already in use', 'START_FAILED', /its port was taken/],
    ['2026-11-23 FATAL:  invalid value for parameter "x"', 'START_FAILED', /invalid value for parameter "x"/],
  ])('%s', (line, code, sentence) => {
    const error = explainStart('PostgreSQL', ['starting', line, 'shutting down'], '/data/logs/postgres.log');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.message).toContain('/data/logs/postgres.log');
  });

  it('says so when nothing was said', () => {
    expect(explainStart('Kafka', [], 'kafka.log').message).toBe(
      'Kafka did not start: it said nothing (see kafka.log).',
    );
  });
});
