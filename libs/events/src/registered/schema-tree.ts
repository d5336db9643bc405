import { pointerTo } from '../field-errors.js';

/** What a keyword of draft 2020-12 holds, and whether it looks at the same value as the schema around it or at a part of it. */
interface Applicator {
  readonly holds: 'schema' | 'list' | 'map';
  readonly looksAt: 'same' | 'part' | 'nothing';
}

export const APPLICATORS: ReadonlyMap<string, Applicator> = new Map([
  ['$defs', { holds: 'map', looksAt: 'nothing' }],
  ['definitions', { holds: 'map', looksAt: 'nothing' }],
  ['allOf', { holds: 'list', looksAt: 'same' }],
  ['anyOf', { holds: 'list', looksAt: 'same' }],
  ['oneOf', { holds: 'list', looksAt: 'same' }],
  ['not', { holds: 'schema', looksAt: 'same' }],
  ['if', { holds: 'schema', looksAt: 'same' }],
  ['then', { holds: 'schema', looksAt: 'same' }],
  ['else', { holds: 'schema', looksAt: 'same' }],
  ['dependentSchemas', { holds: 'map', looksAt: 'same' }],
  // Of earlier drafts, and still understood.
  ['dependencies', { holds: 'map', looksAt: 'same' }],
  ['properties', { holds: 'map', looksAt: 'part' }],
  ['patternProperties', { holds: 'map', looksAt: 'part' }],
  ['additionalProperties', { holds: 'schema', looksAt: 'part' }],
  ['unevaluatedProperties', { holds: 'schema', looksAt: 'part' }],
  ['propertyNames', { holds: 'schema', looksAt: 'part' }],
  ['items', { holds: 'schema', looksAt: 'part' }],
  ['prefixItems', { holds: 'list', looksAt: 'part' }],
  ['unevaluatedItems', { holds: 'schema', looksAt: 'part' }],
  ['contains', { holds: 'schema', looksAt: 'part' }],
]);

export interface SchemaNode {
  /** From the root of the schema. */
  readonly pointer: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** Schemas within that look at the same value: a value is checked by all of them before anything gets smaller. */
  readonly onSameValue: readonly SchemaNode[];
}

/**
 * The schemas within a schema, itself first: where the keywords of draft 2020-12 put them, and nowhere else. What stands in an unknown
 * keyword, an example or a constant is data.
 * @param schema of bounded depth
 */
export function schemaNodes(schema: Readonly<Record<string, unknown>>): SchemaNode[] {
  const nodes: SchemaNode[] = [];
  visit(schema, '', nodes);
  return nodes;
}

function visit(schema: Readonly<Record<string, unknown>>, pointer: string, nodes: SchemaNode[]): SchemaNode {
  const onSameValue: SchemaNode[] = [];
  const node: SchemaNode = { pointer, schema, onSameValue };
  nodes.push(node);
  for (const [keyword, value] of Object.entries(schema)) {
    const applicator = APPLICATORS.get(keyword);
    if (applicator === undefined) continue;
    for (const [within, inner] of schemasIn(value, applicator, pointerTo(pointer, keyword))) {
      const child = visit(inner, within, nodes);
      if (applicator.looksAt === 'same') onSameValue.push(child);
    }
  }
  return node;
}

function* schemasIn(
  value: unknown,
  { holds }: Applicator,
  pointer: string,
): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (holds === 'schema') {
    yield* asSchema(value, pointer);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== (holds === 'list')) return;
  for (const [key, inner] of Object.entries(value)) yield* asSchema(inner, pointerTo(pointer, key));
}

/** `true` and `false` are schemas too, and have nothing within. What is none at all is for the meta-schema to refuse. */
function* asSchema(value: unknown, pointer: string): Generator<[string, Readonly<Record<string, unknown>>]> {
  if (typeof value === 'boolean') yield [pointer, {}];
  else if (typeof value === 'object' && value !== null && !Array.isArray(value))
    yield [pointer, value as Readonly<Record<string, unknown>>];
}
