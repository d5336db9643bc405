import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../testing/faults-of.js';

describe('what may wait for Kafka', () => {
  it.each([{}, { INGEST_MAX_QUEUED: '10MiB' }, { INGEST_MAX_REQUEST: '1MiB', INGEST_MAX_QUEUED: '1MiB' }])(
    'is at least one request: %j',
    (environment) => {
      expect(faultsOf('ingest', environment)).toEqual([]);
    },
  );

  it.each([{ INGEST_MAX_QUEUED: '9MiB' }, { INGEST_MAX_REQUEST: '65MiB' }])('is not less: %j', (environment) => {
    const message = 'must be at least INGEST_MAX_REQUEST: the intake reads a whole array before it sends its events';
    expect(faultsOf('ingest', environment)).toEqual([{ variable: 'INGEST_MAX_QUEUED', message }]);
  });
});
