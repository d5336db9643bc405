import type { Type } from '@nestjs/common';
import { z } from 'zod';
import { JsonSchemas, type Json } from './json-schemas.js';
import type { OperationDeclaration } from './operation.decorator.js';
import { PATH_PARAMETERS } from './path-parameters.js';
import { declaredRoutes, type DeclaredRoute } from './routes.js';
import {
  COMMON_HEADERS,
  ERROR_SCHEMAS,
  HEADERS,
  PARAMETERS,
  refusals,
  RESPONSES,
  SECURITY_SCHEMES,
  unprocessable,
} from './shared-parts.js';

export interface OpenApiDocument extends Json {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string } & Json;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> } & Json;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Json[];
  readonly parameters: readonly Json[];
  readonly requestBody?: { readonly required: boolean; readonly content: Json };
  readonly responses: Readonly<Record<string, Json>>;
}

/** The document, and what it lacks: routes that nobody described. */
export interface DocumentReading {
  readonly document: OpenApiDocument;
  readonly faults: readonly string[];
}

/** What watches the process, the document itself and the console's files: no part of the API. */
const NOT_OF_THE_API = /^\/(health(\/.*)?|metrics|openapi\.json|docs|console|console\/\*)?$/;

const VERSION = '0.1.0';
/** See the HTTP adapter: longer ones are answered 414 before any route is asked. */
const MAX_PATH_PARAMETER_LENGTH = 256;

/** OpenAPI 3.1 of all routes, from the schemas that check requests and the ones that type replies. */
export function openApiDocument(controllers: readonly Type[]): DocumentReading {
  const routes = declaredRoutes(controllers)
    .filter(({ path }) => !NOT_OF_THE_API.test(path))
    .toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const schemas = new JsonSchemas();
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const tags = new Set<string>();
  const faults: string[] = [];
  for (const route of routes) {
    const { declaration } = route;
    const fault = faultOf(route);
    if (fault !== undefined) faults.push(`${route.method.toUpperCase()} ${route.path} ${fault}`);
    if (declaration === undefined) continue;
    const operation = operationOf(route, declaration, schemas);
    (paths[route.path] ??= {})[route.method] = operation;
    for (const tag of operation.tags) tags.add(tag);
  }
  const document: OpenApiDocument = {
    openapi: '3.1.0',
    info: {
      title: 'Fleethook Admin API',
      version: VERSION,
      summary: 'Webhooks for device fleets: what a customer configures and looks up',
      description:
        'Peridio’s Admin API for webhooks, and more in its style. Times are UTC in whole seconds; lists are read page by page, with the `next_page` of one reply as the `page` of the next request. An empty query parameter counts as left out. A method that a path does not have is 405, and `Allow` names those it has.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: sorted({ ...ERROR_SCHEMAS, ...schemas.components }),
      responses: used('responses', RESPONSES, paths),
      parameters: used('parameters', PARAMETERS, paths),
      headers: used('headers', HEADERS, [paths, RESPONSES]),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
  return { document, faults };
}

function faultOf({ declaration, query, body, scope }: DeclaredRoute): string | undefined {
  if (declaration === undefined) return 'has no @Operation';
  if (query === 'unreadable') return 'has a query whose schema @Operation must name';
  if (body === 'unreadable') return 'has a body whose schema @Operation must name';
  if (scope === undefined && declaration.access === undefined)
    return 'says neither which scope nor whose access it needs';
  return undefined;
}

function operationOf(route: DeclaredRoute, declaration: OperationDeclaration, schemas: JsonSchemas): OpenApiOperation {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const { query, body } = route;
  const hasFields = query instanceof z.ZodType || body instanceof z.ZodType;
  return {
    operationId: `${lowerFirst(route.controller)}.${route.handler}`,
    summary: declaration.summary,
    ...descriptionOf(route, declaration),
    tags: [words(route.controller)],
    security: securityOf(route, declaration),
    parameters: [
      ...names.map((name) => pathParameter(name, declaration)),
      ...(query instanceof z.ZodType ? queryParameters(schemas.of(query, 'input')) : []),
      ...(declaration.idempotent === true ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
      { $ref: '#/components/parameters/ApiVersion' },
    ],
    ...(body instanceof z.ZodType ? { requestBody: requestBody(body, schemas) } : {}),
    responses: {
      [String(route.status)]: success(declaration, schemas),
      ...refusals(
        [
          400,
          401,
          ...(needsForgeryHeader(route, declaration) ? [403] : []),
          429,
          500,
          503,
          ...(names.length > 0 ? [404, 414] : []),
          // To customers they do not exist.
          ...(declaration.access === 'operator' || declaration.missing === true ? [404] : []),
          ...(hasFields ? [422] : []),
          ...bodyStatuses(route),
        ],
        declaration,
      ),
      ...ownRefusal(declaration, schemas),
    },
  };
}

/** The operator's key opens no session. */
function securityOf({ scope }: DeclaredRoute, { access }: OperationDeclaration): Json[] {
  const scopes = scope === undefined ? [] : [scope];
  const [token, bearer, session] = [{ token: scopes }, { bearer: scopes }, { session: scopes }];
  return { anyone: [], session: [session], operator: [token, bearer], scope: [token, bearer, session] }[
    access ?? 'scope'
  ];
}

/** With the console's cookie; and where a scope is needed, it may be lacking. */
const needsForgeryHeader = ({ scope, method }: DeclaredRoute, { access }: OperationDeclaration): boolean =>
  scope !== undefined || (access !== 'operator' && method !== 'get');

/** Also a body that nobody reads has to be one. */
const bodyStatuses = ({ method }: DeclaredRoute): number[] =>
  method === 'get' ? [] : [413, 415, ...(method === 'post' ? [422] : [])];

function descriptionOf(
  { scope }: DeclaredRoute,
  { description, access }: OperationDeclaration,
): { description: string } {
  const who = {
    operator: 'Needs the operator’s key.',
    session: 'Needs a session of the console.',
    anyone: 'Needs no key.',
    scope: `Needs the scope \`${scope ?? ''}\`.`,
  }[access ?? 'scope'];
  return { description: description === undefined ? who : `${description} ${who}` };
}

function pathParameter(name: string, declaration: OperationDeclaration): Json {
  const { description, example } = declaration.path?.[name] ?? PATH_PARAMETERS[name] ?? { description: name };
  return {
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', maxLength: MAX_PATH_PARAMETER_LENGTH },
    ...(example === undefined ? {} : { example }),
  };
}

function queryParameters({
  properties = {},
  required = [],
}: {
  properties?: Json;
  required?: readonly string[];
}): Json[] {
  return Object.entries(properties as Readonly<Record<string, Json>>).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    // Whatever may be left out may as well be empty.
    ...(required.includes(name) ? { required: true } : { allowEmptyValue: true }),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function requestBody(body: z.ZodType, schemas: JsonSchemas): { required: boolean; content: Json } {
  return {
    required: !body.safeParse(undefined).success,
    content: { 'application/json': { schema: schemas.of(body, 'input') } },
  };
}

function success({ reply, idempotent, isStream, setsCookie }: OperationDeclaration, schemas: JsonSchemas): Json {
  return {
    description: reply === undefined ? 'Done.' : 'Done, and this is what came of it.',
    headers: {
      ...COMMON_HEADERS,
      ...(setsCookie === true ? { 'Set-Cookie': { $ref: '#/components/headers/SetCookie' } } : {}),
      ...(idempotent === true ? { 'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' } } : {}),
    },
    ...(isStream === true ? { content: { 'text/event-stream': { schema: { type: 'string' } } } } : {}),
    ...(reply === undefined ? {} : { content: { 'application/json': { schema: schemas.of(reply, 'output') } } }),
  };
}

function ownRefusal({ refusal, idempotent }: OperationDeclaration, schemas: JsonSchemas): Record<string, Json> {
  return refusal === undefined ? {} : { 422: unprocessable(schemas.of(refusal, 'output'), idempotent === true) };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** `EventTypes` → `Event types`. */
const words = (name: string): string => name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Those of the shared parts that something refers to. */
function used(kind: string, parts: Readonly<Record<string, Json>>, by: unknown): Record<string, Json> {
  const text = JSON.stringify(by);
  return Object.fromEntries(Object.entries(parts).filter(([name]) => text.includes(`"#/components/${kind}/${name}"`)));
}

const sorted = (entries: Readonly<Record<string, Json>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(entries).toSorted(([left], [right]) => (left < right ? -1 : 1)));
