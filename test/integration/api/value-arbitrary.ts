import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { OpenApiDocument } from '../../../apps/api/src/openapi/openapi.document.js';

export type Json = Readonly<Record<string, unknown>>;

/** Values that exist, by the name of the parameter or field; without them nothing but 404s would be seen. */
export interface KnownValues {
  /** Of parameters, and of fields that are texts. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** Of fields that are objects. */
  readonly objects: Readonly<Record<string, readonly object[]>>;
}

/** Values of the document's schemas. */
export class ValueArbitrary {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly known: KnownValues,
  ) {}

  /** A value that the schema allows, as far as it says; of a name that is known often one that exists. */
  of(schema: Json, name: string, depth = 0): Arbitrary<unknown> {
    const fitting = this.#fitting(this.resolved(schema), name, depth);
    const known: readonly unknown[] = this.known.texts[name] ?? this.known.objects[name] ?? [];
    if (known.length === 0) return fitting;
    return fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...known) },
      { weight: NEVER_INVENTED.has(name) ? 0 : 1, arbitrary: fitting },
    );
  }

  #fitting(schema: Json, name: string, depth: number): Arbitrary<unknown> {
    const { type, properties, anyOf, oneOf, items, minimum, maximum, minItems, maxItems } = schema as SchemaParts;
    if (depth > 5) return fc.constant(null);
    if (schema['const'] !== undefined) return fc.constant(schema['const']);
    if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
    // Beside fields they say which of them are needed.
    const choices = type === undefined ? (anyOf ?? oneOf) : undefined;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.of(choice, name, depth + 1)));
    const [kind = 'anything'] = [type ?? []].flat();
    switch (kind) {
      case 'string':
        return textFor(schema);
      case 'integer':
        return fc.integer({ min: minimum ?? -10, max: maximum ?? 1_000_000 });
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true, min: minimum ?? -1e9, max: maximum ?? 1e9 });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(this.of(items ?? {}, name, depth + 1), {
          minLength: minItems ?? 0,
          maxLength: Math.min(maxItems ?? 3, (minItems ?? 0) + 3),
        });
      case 'object':
        return properties === undefined
          ? fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 })
          : this.#object(schema, properties, depth);
      default:
        return fc.jsonValue();
    }
  }

  #object(schema: Json, properties: Readonly<Record<string, Json>>, depth: number): Arbitrary<unknown> {
    const required = (schema['required'] ?? []) as string[];
    return fc
      .record(
        Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, this.of(inner, key, depth + 1)])),
        { requiredKeys: required },
      )
      .map((value) => ({ ...value }));
  }

  /** What a reference within the document leads to. */
  resolved(part: Json): Json {
    const pointer = part['$ref'];
    if (typeof pointer !== 'string') return part;
    return pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((found, step) => (found as Json)[step], this.document) as Json;
  }
}

/** Requests go where a URL says: only to addresses of this machine. */
const NEVER_INVENTED = new Set(['url']);

interface SchemaParts {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Json>>;
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
  readonly items?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

function textFor(schema: Json): Arbitrary<string> {
  const {
    format,
    pattern,
    examples,
    minLength = 0,
    maxLength,
  } = schema as {
    format?: string;
    pattern?: string;
    examples?: readonly string[];
    minLength?: number;
    maxLength?: number;
  };
  const free = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength ?? 40, minLength + 40) });
  const fitting = pattern === undefined ? free : fc.stringMatching(new RegExp(pattern));
  const bounds = maxLength === undefined ? [] : ['x'.repeat(maxLength), 'x'.repeat(maxLength + 1)];
  const known = [...(examples ?? []), ...bounds];
  const times = fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') })
    .map((date) => `${date.toISOString().slice(0, 19)}Z`);
  if (format === 'date-time') return times;
  return fc.oneof(
    { weight: 3, arbitrary: fitting },
    { weight: 1, arbitrary: times },
    { weight: 1, arbitrary: known.length === 0 ? free : fc.constantFrom(...known) },
  );
}
