import { describe, expect, it } from '@jest/globals';
import { apiKeyOf } from './api-key.parser.js';

describe('apiKeyOf', () => {
  it.each(['Token fhk_x', 'Bearer fhk_x', 'token fhk_x', 'BEARER   fhk_x '])('reads %j', (header) => {
    expect(apiKeyOf(header)).toBe('fhk_x');
  });

  it.each([undefined, '', 'fhk_x', 'Basic fhk_x', 'Token', 'Token a b', `Token ${'x'.repeat(257)}`, 'Token ä'])(
    'reads no key in %j',
    (header) => {
      expect(apiKeyOf(header)).toBeUndefined();
    },
  );
});
