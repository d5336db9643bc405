import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { OpenApiDocument } from '../../../apps/api/src/openapi/openapi.document.js';
import type { Call } from './api-world.js';
import type { DocumentedOperation } from './document-check.js';

type Json = Readonly<Record<string, unknown>>;

export interface FuzzedRequest {
  readonly path: string;
  readonly call: Call;
}

/** Values that exist, by the name of the parameter or field; without them nothing but 404s would be seen. */
export interface KnownValues {
  /** Of parameters, and of fields that are texts. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** Of fields that are objects. */
  readonly objects: Readonly<Record<string, readonly object[]>>;
}

/** Texts that trip careless code: NUL, half a surrogate pair, prototypes, numbers beyond a double, paths, SQL. */
const HOSTILE = [
  '',
  ' ',
  '\0',
  '\ud800',
  '__proto__',
  'constructor',
  '../..',
  '%',
  '%00',
  "' OR 1=1 --",
  '1e400',
  '-1',
  '9007199254740993',
  '2026-02-30T00:00:00Z',
  'prn:1:x',
  'x'.repeat(300),
  'é😀\u2028',
];

/** Requests of an operation: mostly as its document says, often a little wrong, now and then nothing like it. */
export class RequestArbitrary {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly known: KnownValues,
  ) {}

  of({ path, operation }: DocumentedOperation): Arbitrary<FuzzedRequest> {
    const parameters = operation.parameters.map((parameter) => this.#resolved(parameter)) as unknown as Parameter[];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    return fc
      .record({
        segments: fc.tuple(...names.map((name) => this.#pathValue(path, name))),
        query: this.#query(parameters.filter((parameter) => parameter.in === 'query')),
        headers: this.#headers(parameters.filter((parameter) => parameter.in === 'header')),
        body: this.#body(operation.requestBody?.content),
        key: fc.oneof(
          { weight: 12, arbitrary: fc.constant({}) },
          {
            weight: 1,
            arbitrary: fc
              .constantFrom(...(this.known.texts['key'] ?? []), undefined, 'nonsense')
              .map((key) => ({ key })),
          },
        ),
      })
      .map(({ segments, query, headers, body, key }) => {
        const filled = names.reduce(
          (text, name, index) => text.replace(`{${name}}`, () => segments[index] ?? ''),
          path,
        );
        return {
          path: query === '' ? filled : `${filled}?${query}`,
          call: { ...key, ...body, headers: { ...headers, ...body.headers } },
        };
      });
  }

  #pathValue(path: string, name: string): Arbitrary<string> {
    const { texts } = this.known;
    const own = texts[`${path.split('/')[1] ?? ''}.${name}`] ?? texts[name] ?? [];
    return fc.oneof(
      { weight: 3, arbitrary: own.length === 0 ? fc.uuid() : fc.constantFrom(...own) },
      { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })).map(encoded) },
      { weight: 1, arbitrary: fc.constantFrom('%', '%E0%A4%A', '%2e%2e%2f', '%00', '+', ';', ':', 'x'.repeat(400)) },
    );
  }

  #query(parameters: readonly Parameter[]): Arbitrary<string> {
    const fitting = parameters.map(({ name, schema }) =>
      fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: this.value(schema, name).map((value) => [[name, textOf(value)]]) },
      ),
    );
    const spoiled = parameters.map(({ name }, index) =>
      fc.oneof(
        { weight: 4, arbitrary: fitting[index] ?? fc.constant([]) },
        { weight: 1, arbitrary: fc.constantFrom(...HOSTILE).map((value) => [[name, value]]) },
        { weight: 1, arbitrary: fc.tuple(fc.string(), fc.string()).map((two) => two.map((value) => [name, value])) },
      ),
    );
    // Of many parameters one is nearly always wrong if each may be.
    const known = fc.oneof(fc.tuple(...fitting), fc.tuple(...spoiled)).map((chosen) =>
      chosen
        .flat()
        .map(([key = '', value = '']) => `${key}=${encoded(value)}`)
        .join('&'),
    );
    const other = fc.constantFrom('limit[]=1', 'a=%', '&&==', '__proto__=1', 'x=1', '%ff=1', 'limit=1&limit=2');
    return fc.oneof({ weight: 9, arbitrary: known }, { weight: 1, arbitrary: other });
  }

  #headers(parameters: readonly Parameter[]): Arbitrary<Record<string, string>> {
    return fc
      .record(
        Object.fromEntries(
          parameters.map(({ name, schema }) => [
            name,
            fc.oneof(
              this.value(schema, name).map((value) => textOf(value).replaceAll(/[^\x20-\x7e]/g, '?')),
              fc.constantFrom('', 'x'.repeat(400), 'a b', '"'),
            ),
          ]),
        ) as Record<string, Arbitrary<string>>,
        { requiredKeys: [] },
      )
      .map((headers) => ({ ...(headers as Record<string, string>) }));
  }

  #body(content: Json | undefined): Arbitrary<{ text?: string; headers?: Record<string, string> }> {
    const anything = fc.oneof(
      fc.json().map((text) => ({ text })),
      fc.string({ unit: 'binary' }).map((text) => ({ text })),
      fc.constantFrom(...MALFORMED_BODIES),
    );
    if (content === undefined)
      return fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: anything });
    const { schema } = content['application/json'] as { schema: Json };
    const fitting = this.value(schema, 'body');
    return fc.oneof(
      { weight: 5, arbitrary: fitting.map(asText) },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fitting, fc.string(), fc.jsonValue())
          .map(([value, key, odd]) => asText(spoiled(value, key, odd))),
      },
      { weight: 1, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: anything },
    );
  }

  /** A value that the schema allows, as far as it says; of a name that is known often one that exists. */
  value(schema: Json, name: string, depth = 0): Arbitrary<unknown> {
    const fitting = this.#fitting(this.#resolved(schema), name, depth);
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
    const choices = anyOf ?? oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.value(choice, name, depth + 1)));
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
        return fc.array(this.value(items ?? {}, name, depth + 1), {
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
        Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, this.value(inner, key, depth + 1)])),
        { requiredKeys: required },
      )
      .map((value) => ({ ...value }));
  }

  #resolved(part: Json): Json {
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

const MALFORMED_BODIES = [
  { text: '{' },
  { text: '{}', headers: { 'content-type': 'text/plain' } },
  { text: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  { text: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } },
  { text: '{}', headers: { 'content-type': 'nonsense' } },
  { text: '{}', headers: { 'content-encoding': 'gzip' } },
  { text: '\ufeff{}' },
  { text: '{"a":1,"a":2}' },
  { text: '{"__proto__":{"x":1},"constructor":{"prototype":1}}' },
  { text: '['.repeat(20_000) },
  { text: `${'['.repeat(20_000)}${']'.repeat(20_000)}` },
  { text: `"${'x'.repeat(70_000)}"` },
  { text: '1e999' },
];

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Json;
}

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

/** One field put wrong: replaced, added or left out. */
function spoiled(value: unknown, key: string, odd: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return odd;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first === undefined || key.length % 3 === 0) return Object.fromEntries([...entries, [key, odd]]);
  const at = key.length % entries.length;
  if (key.length % 3 === 1)
    return Object.fromEntries(entries.map((entry, index) => (index === at ? [entry[0], odd] : entry)));
  return Object.fromEntries(entries.filter((_, index) => index !== at));
}

const asText = (value: unknown): { text: string } => ({ text: JSON.stringify(value) });

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Half a surrogate pair cannot be encoded; it goes as bytes that are no UTF-8. */
const encoded = (text: string): string => (text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80');
