import { globSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { z } from 'zod';
import { JsonSchemas, type Json } from '../openapi/json-schemas.js';
import { EndpointRules } from '../webhooks/endpoint-rules.js';
import { WebhookSchemas } from '../webhooks/webhook.schemas.js';
import { parsed } from './parsed.js';
import { InvalidFields } from './problems.js';

const RUNS = 1_000;
const MAX_DEPTH = 6;
/** What an argument of a message looks like that nobody thought of. */
const THOUGHTLESS = /NaN|undefined|\[object |Invalid input/;

const OF_REPLIES = /Reply$|^(Warning|SentRequest)$/;
const QUERIES = /^List|Query$/;

class AnyUrl extends EndpointRules {
  override urlFaults(): readonly string[] {
    return [];
  }
}

const { create, update } = new WebhookSchemas(new AnyUrl());
const found: [string, z.ZodType][] = [
  ['a new webhook', create],
  ['a changed webhook', update],
];

for (const file of globSync('apps/api/src/**/*.schemas.ts')) {
  const exported = (await import(`../../../../${file}`)) as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(exported))
    if (value instanceof z.ZodType && !OF_REPLIES.test(name)) found.push([name, value]);
}

/** Values that look like the schema's, and are mostly wrong somewhere. */
class NearValues {
  readonly #schemas = new JsonSchemas();

  /** A query is an object in any case. */
  ofQuery(schema: z.ZodType): Arbitrary<unknown> {
    return this.#fitting(this.#schemas.of(schema, 'input'), 0);
  }

  ofBody(schema: z.ZodType): Arbitrary<unknown> {
    return this.#near(this.#schemas.of(schema, 'input'), 0);
  }

  #near(schema: Json, depth: number): Arbitrary<unknown> {
    if (depth > MAX_DEPTH) return fc.jsonValue();
    return fc.oneof(
      { weight: 4, arbitrary: this.#fitting(this.#resolved(schema), depth + 1) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      { weight: 1, arbitrary: fc.constantFrom(null, '', 0, [], {}, [null], 'constructor', '__proto__') },
    );
  }

  #fitting(schema: Json, depth: number): Arbitrary<unknown> {
    const { type, pattern, properties, items, anyOf, oneOf } = schema as SchemaParts;
    // Beside fields they say which of them are needed.
    const choices = type === undefined ? (anyOf ?? oneOf) : undefined;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.#near(choice, depth)));
    if (Array.isArray(schema['enum'])) return fc.constantFrom<unknown>(...(schema['enum'] as unknown[]));
    if ('const' in schema) return fc.constant(schema['const']);
    if (properties !== undefined) {
      const fields = Object.entries(properties).map(([name, inner]) => [name, this.#near(inner, depth)]);
      return fc.record(Object.fromEntries(fields) as Record<string, Arbitrary<unknown>>, { requiredKeys: [] });
    }
    if (items !== undefined) return fc.array(this.#near(items, depth), { maxLength: 3 });
    if (pattern !== undefined && schema['format'] === undefined) return fc.stringMatching(new RegExp(pattern));
    return type === 'string' ? TEXTS : type === 'integer' || type === 'number' ? fc.double() : fc.jsonValue();
  }

  #resolved(schema: Json): Json {
    const { $ref = '' } = schema as SchemaParts;
    return this.#schemas.components[$ref.slice($ref.lastIndexOf('/') + 1)] ?? schema;
  }
}

interface SchemaParts {
  readonly $ref?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
}

const TEXTS = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .date({ noInvalidDate: true, min: new Date(Date.now() - 86_400_000), max: new Date(Date.now() + 86_400_000) })
    .map((date) => `${date.toISOString().slice(0, 19)}Z`),
  fc.constantFrom('device.connected', 'https://example.com/'),
);

/** What is said of it; undefined: it is taken. Nothing but a refusal that names fields may be thrown. */
function refusal(schema: z.ZodType, value: unknown): string[] | undefined {
  try {
    parsed(schema, value);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidFields) return Object.values(error.fields).flat();
    throw error;
  }
}

describe('whatever is sent', () => {
  const near = new NearValues();

  it.each(found)('as %s is taken, or refused with words', (name, schema) => {
    fc.assert(
      fc.property(QUERIES.test(name) ? near.ofQuery(schema) : near.ofBody(schema), (value) => {
        const said = refusal(schema, value);
        expect(said).not.toEqual([]);
        expect(said?.filter((words) => THOUGHTLESS.test(words)) ?? []).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is held to every schema that there is', () => {
    expect(found.length).toBeGreaterThan(25);
  });
});
