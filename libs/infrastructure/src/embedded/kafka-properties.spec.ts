import { describe, expect, it } from '@jest/globals';
import { propertiesText } from './kafka-properties.js';

describe('propertiesText', () => {
  it('writes nothing that Java would read as something else', () => {
    expect(propertiesText({ one: 1, two: 'first\nsecond', 'log.dirs': '/home/büro/字' })).toBe(
      'one=1\ntwo=first\\nsecond\nlog.dirs=/home/b\\u00fcro/\\u5b57\n',
    );
  });
});
