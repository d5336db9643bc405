import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../testing/faults-of.js';

describe('the ports of the apps on one machine', () => {
  it('are each another one', () => {
    expect(faultsOf('standalone', { API_PORT: '6401', INGEST_PORT: '6401' })).toEqual([
      { variable: 'INGEST_PORT', message: 'must be another port than API_PORT, or 0 for any free one: both are 6401' },
    ]);
  });

  it('are compared with the defaults of the others', () => {
    expect(faultsOf('standalone', { RECORDER_PORT: '4000' })).toEqual([
      {
        variable: 'RECORDER_PORT',
        message: 'must be another port than API_PORT, or 0 for any free one: both are 4000',
      },
    ]);
  });

  it('may be any free ones, and the same on different machines', () => {
    const any = { API_PORT: '0', INGEST_PORT: '0', ROUTER_PORT: '0', DELIVERY_PORT: '0', RECORDER_PORT: '0' };
    expect(faultsOf('standalone', any)).toEqual([]);
    expect(faultsOf('router', { ROUTER_PORT: '8080', RECORDER_PORT: '8080' })).toEqual([]);
  });
});
