import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { v5 } from 'uuid';
import { uuidV5In } from './uuid-v5.js';

describe('UUID version 5', () => {
  it('is what the uuid package makes of the same namespace and name', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'binary' }), (namespace, name) => {
        expect(uuidV5In(namespace)(name)).toBe(v5(name, namespace));
      }),
    );
  });
});
