import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { OpenApiDocument } from '../../../apps/api/src/openapi/openapi.document.js';
import type { Call } from './api-world.js';
import type { DocumentedOperation } from './document-check.js';
import { ValueArbitrary, type Json, type KnownValues } from './value-arbitrary.js';

export interface FuzzedRequest {
  readonly path: string;
  readonly call: Call;
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
  readonly #values: ValueArbitrary;

  constructor(
    document: OpenApiDocument,
    private readonly known: KnownValues,
  ) {
    this.#values = new ValueArbitrary(document, known);
  }

  of({ path, operation }: DocumentedOperation): Arbitrary<FuzzedRequest> {
    const parameters = operation.parameters.map((parameter) =>
      this.#values.resolved(parameter),
    ) as unknown as Parameter[];
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
        { weight: 1, arbitrary: this.#values.of(schema, name).map((value) => [[name, textOf(value)]]) },
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
              this.#values.of(schema, name).map((value) => textOf(value).replaceAll(/[^\x20-\x7e]/g, '?')),
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
    const fitting = this.#values.of(schema, 'body');
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
}

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
  { text: `"${'x'.repeat(140_000)}"` },
  { text: '1e999' },
];

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Json;
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
