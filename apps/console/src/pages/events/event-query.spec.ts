import { describe, expect, it } from '@jest/globals';
import { eventQuery, recentEvents } from './event-query.js';

describe('what is asked for of the events', () => {
  it('comes newest first', () => {
    expect(eventQuery('', '')).toEqual({ order: 'desc' });
    expect(recentEvents(100)).toEqual({ order: 'desc', limit: 100 });
  });

  it('is of a device by its PRN or its identifier, and of one type', () => {
    expect(eventQuery('pump-0017', 'device.connected')).toEqual({
      order: 'desc',
      identifier: 'pump-0017',
      type: 'device',
      subtype: 'connected',
    });
    expect(eventQuery('prn:1:o:device:d', '')).toEqual({ order: 'desc', device_prn: 'prn:1:o:device:d' });
  });
});
