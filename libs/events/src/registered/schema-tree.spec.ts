import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { APPLICATORS, schemaNodes } from './schema-tree.js';

/** Keywords of the compiler's that hold no schemas. */
const OTHERS = `
  $dynamicAnchor $dynamicRef $recursiveAnchor $recursiveRef $comment $ref id type
  nullable maximum minimum exclusiveMaximum exclusiveMinimum multipleOf maxLength minLength
  pattern maxProperties minProperties required maxItems minItems uniqueItems const
  enum format dependentRequired maxContains minContains
`;

describe('schemaNodes', () => {
  // One that it passed over would be compiled without a count of its work.
  it('knows every keyword that the compiler does', () => {
    const known = Object.keys(new Ajv2020().RULES.all);
    expect(known.filter((keyword) => !APPLICATORS.has(keyword)).toSorted()).toEqual(
      OTHERS.trim().split(/\s+/).toSorted(),
    );
  });

  it('finds schemas where keywords put them, and tells which look at the same value', () => {
    const nodes = schemaNodes({
      $defs: { 'a/b': { not: {} } },
      anyOf: [true, { items: { type: 'string' } }],
      dependencies: { x: ['y'], z: { minimum: 1 } },
      const: { properties: { no: {} } },
      'x-ours': { allOf: [{}] },
    });
    expect(nodes.map(({ pointer }) => pointer).toSorted()).toEqual([
      '',
      '/$defs/a~1b',
      '/$defs/a~1b/not',
      '/anyOf/0',
      '/anyOf/1',
      '/anyOf/1/items',
      '/dependencies/z',
    ]);
    expect(nodes[0]?.onSameValue.map(({ pointer }) => pointer)).toEqual(['/anyOf/0', '/anyOf/1', '/dependencies/z']);
  });
});
