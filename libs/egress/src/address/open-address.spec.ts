import { describe, expect, it } from '@jest/globals';
import { isOpenAddress } from './open-address.js';

const ask = (): boolean[] => ['10.1.2.3', '8.8.8.8'].map(isOpenAddress);

describe('isOpenAddress', () => {
  it.each(['8.8.8.8', '2606:4700::1111', '127.0.0.1', '127.9.9.9', '::1'])('holds for %s', (address) => {
    expect(isOpenAddress(address)).toBe(true);
  });

  it.each(['10.1.2.3', '192.168.0.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', 'fd00::7', '::ffff:10.1.2.3'])(
    'does not for %s',
    (address) => {
      expect(isOpenAddress(address)).toBe(false);
    },
  );

  it('says the same when it is asked again, after ever so many others', () => {
    expect([ask(), ask()]).toEqual([
      [false, true],
      [false, true],
    ]);
    for (let host = 0; host < 5_000; host++) isOpenAddress(`10.2.${host >> 8}.${host & 255}`);
    expect(ask()).toEqual([false, true]);
  });
});
