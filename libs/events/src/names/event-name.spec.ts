import { describe, expect, it } from '@jest/globals';
import { eventNameOf, normaliseEventName, parseEventName } from './event-name.js';

describe('event name', () => {
  it.each([
    ['device.release_changed', 'device.release_changed'],
    ['device.release-changed', 'device.release_changed'],
    ['  webhook.test-fire ', 'webhook.test_fire'],
  ])('reads %j as %j', (text, name) => {
    expect(normaliseEventName(text)).toBe(name);
  });

  it.each(['', 'device', 'device.', '.connected', 'Device.connected', 'device.connected.now', 'device connected', '*'])(
    'refuses %j',
    (text) => {
      expect(normaliseEventName(text)).toBeUndefined();
    },
  );

  it('is made of category and event', () => {
    expect(eventNameOf({ type: 'device', data: { type: 'connected' } })).toBe('device.connected');
  });

  it('fails with what was given', () => {
    expect(() => parseEventName('x')).toThrow('not a name such as device.connected: text "x"');
  });
});
