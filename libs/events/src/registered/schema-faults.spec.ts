import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../catalogue.js';
import type { JsonSchema } from '../catalogue.js';
import { readSchema } from '../payload-check.js';
import { MAX_SCHEMA_BYTES } from './schema-faults.js';

const door = { $defs: { door: { type: 'integer' } }, properties: { door: { $ref: '#/$defs/door' } } };

const faultsOf = (schema: JsonSchema) => {
  const reading = readSchema(schema);
  return reading.kind === 'usable' ? undefined : reading.faults;
};

describe('a schema that can be registered', () => {
  it.each([
    {},
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'https://example.com/door', ...door },
    { $schema: 'https://json-schema.org/draft/2020-12/schema#' },
    {
      properties: { a: { $ref: '#/$defs/b%20c' } },
      $defs: { 'b c': true, 'd/e~f': {} },
      allOf: [{ $ref: '#/$defs/d~1e~0f' }],
    },
    { $ref: '#door', $defs: { door: { $anchor: 'door', required: ['door'] } } },
    // A tree: it refers to itself one step further down.
    { properties: { left: { $ref: '#' }, right: { $ref: '#' } } },
    { pattern: '^[a-z]+(?:-[0-9]{3})?$', patternProperties: { '^x-': {} } },
    // Data, not schemas.
    { const: { $ref: 'https://example.com' }, examples: [{ $id: 'x' }], 'x-ours': { pattern: '(?=a)' } },
    JSON.parse('{"properties":{"$ref":{"type":"string"},"pattern":{},"__proto__":{"minimum":1}}}') as JsonSchema,
  ])('is %j', (schema) => {
    expect(faultsOf(schema)).toBeUndefined();
  });

  it.each([...catalogue.values()])('is that of $name', ({ schema }) => {
    expect(faultsOf(schema)).toBeUndefined();
  });
});

describe('a schema that cannot', () => {
  it.each([
    ['/properties/at/$ref', { properties: { at: { $ref: 'https://example.com/other.json' } } }],
    ['/$ref', { $ref: 'file:///etc/passwd' }],
    ['/$ref', { $ref: '#/properties/nowhere' }],
    ['/$ref', { $ref: '#/x-hidden', 'x-hidden': { allOf: [{}] } }],
    ['/items/$dynamicRef', { items: { $dynamicRef: '#node' } }],
    ['/allOf/0/$id', { allOf: [{ $id: 'https://example.com/inner' }] }],
    ['/$async', { $async: true }],
    ['', { $ref: '#' }],
    ['/$defs/a', { $defs: { a: { anyOf: [{ const: 1 }, { $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } } }],
    ['/properties/a/pattern', { properties: { a: { pattern: '(?=a)b' } } }],
    ['/pattern', { pattern: '(a)\\1' }],
    ['/pattern', { pattern: '(' }],
    ['/pattern', { pattern: '(?:a{50}){50}' }],
    ['/pattern', { pattern: 'a'.repeat(513) }],
    ['/patternProperties/(?!x)', { patternProperties: { '(?!x)': {} } }],
    ['/type', { type: 7 }],
    ['/properties/a', { properties: { a: 'nonsense' } }],
    ['', { title: 'x'.repeat(MAX_SCHEMA_BYTES) }],
    ['', { allOf: Array.from({ length: 501 }, () => ({})) }],
    ['/$schema', { $schema: 'http://json-schema.org/draft-07/schema#' }],
    ['/$schema', { $schema: 7 }],
  ])('names %s', (pointer, schema) => {
    expect(Object.keys(faultsOf(schema) ?? {})).toContain(pointer);
  });

  it('can be as deep as it likes', () => {
    const text = `${'{"not":'.repeat(5_000)}{}${'}'.repeat(5_000)}`;
    expect(faultsOf(JSON.parse(text) as JsonSchema)).toEqual({
      '': ['is nested deeper than 32 levels'],
    });
  });
});
