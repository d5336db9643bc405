import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument, OpenApiOperation } from '../../../apps/api/src/openapi/openapi.document.js';
import type { Reply } from './reply.js';

type Json = Readonly<Record<string, unknown>>;

interface DocumentedReply {
  readonly headers?: Readonly<Record<string, Json>>;
  readonly content?: Readonly<Partial<Record<'application/json' | 'text/event-stream', { readonly schema: Json }>>>;
}

export interface DocumentedOperation {
  readonly method: string;
  /** `/webhooks/{prn}`. */
  readonly path: string;
  readonly operation: OpenApiOperation;
}

/** What is answered outside of every operation: unknown paths and methods, and what cannot be read as a request. */
const OUTSIDE = new Set([400, 404, 405, 413, 414, 415, 429, 431]);
const UNDOCUMENTED = /^\/((health|metrics|openapi\.json|docs)(\/|\?|$)|console(?!\/session)|$)/;

/** Holds replies to the API's document. Stricter than a client has to be: a field that it does not name is a fault. */
export class DocumentCheck {
  readonly operations: readonly DocumentedOperation[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #matchers: readonly { matches: RegExp; operation: DocumentedOperation }[];

  constructor(private readonly document: OpenApiDocument) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: 'document', components: closed(document.components) });
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
    this.#matchers = this.operations.map((operation) => ({
      operation,
      matches: new RegExp(`^${operation.method} ${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  /** Literal paths before those with parameters. */
  find(method: string, path: string): DocumentedOperation | undefined {
    const wanted = `${method} ${path.split('?')[0] ?? ''}`;
    return this.#matchers
      .filter(({ matches }) => matches.test(wanted))
      .map(({ operation }) => operation)
      .toSorted((left, right) => countOf(left.path, '{') - countOf(right.path, '{'))[0];
  }

  /** In words; undefined when the reply is as documented. */
  faultOf(method: string, path: string, reply: Reply): string | undefined {
    if (UNDOCUMENTED.test(path)) return undefined;
    const found = this.find(method, path);
    if (found === undefined) {
      if (!OUTSIDE.has(reply.status)) return `there is no such operation, but it answers ${reply.status}`;
      return this.#schemaFault({ $ref: '#/components/schemas/Error' }, reply.json, 'outside');
    }
    const documented = found.operation.responses[String(reply.status)];
    if (documented === undefined) return `the status ${reply.status}`;
    return this.#faultOfReply(this.#resolved(documented), reply, `${found.operation.operationId} ${reply.status}`);
  }

  #faultOfReply(documented: DocumentedReply, reply: Reply, name: string): string | undefined {
    for (const [header, definition] of Object.entries(documented.headers ?? {})) {
      const { required, schema } = this.#resolved(definition) as { required?: boolean; schema: Json };
      // Node has cookies in a list, however few.
      const value = [reply.headers[header.toLowerCase()]].flat()[0];
      if (value === undefined && required !== true) continue;
      const fault = this.#schemaFault(
        schema,
        schema['type'] === 'integer' ? Number(value) : value,
        `${name} ${header}`,
      );
      if (fault !== undefined) return `the header ${header}: ${fault}`;
    }
    if (documented.content?.['text/event-stream'] !== undefined)
      return String(reply.headers['content-type']) === 'text/event-stream' ? undefined : 'no stream of events';
    const schema = documented.content?.['application/json']?.schema;
    if (schema === undefined) return reply.text === '' ? undefined : 'a body where none is documented';
    if (reply.json === undefined) return 'no JSON where there should be';
    return this.#schemaFault(schema, reply.json, name);
  }

  #schemaFault(schema: Json, value: unknown, name: string): string | undefined {
    let validate = this.#compiled.get(name);
    if (validate === undefined) {
      validate = this.#ajv.compile(closed(schema) as Json);
      this.#compiled.set(name, validate);
    }
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }

  #resolved<T extends object>(part: T): T {
    if (!('$ref' in part)) return part;
    const steps = String(part.$ref).split('/').slice(1);
    return steps.reduce<unknown>((found, step) => (found as Json)[step], this.document) as T;
  }
}

const countOf = (text: string, character: string): number => text.split(character).length - 1;

/** A copy in which objects with named fields have no others, and whose references lead to the components. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace(/^#/, 'document#') : closed(value),
    ]),
  );
  const isObject = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isObject ? { ...copy, additionalProperties: false } : copy;
}
