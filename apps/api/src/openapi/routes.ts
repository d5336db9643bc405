import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { ApiKeyScope } from '@fleethook/messages';
import { z } from 'zod';
import { RequireScope } from '../auth/api-key.guard.js';
import { Operation, type OperationDeclaration } from './operation.decorator.js';

/** A route as Nest's decorators tell it. */
export interface DeclaredRoute {
  readonly controller: string;
  readonly handler: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in OpenAPI: `/webhooks/{prn}`. */
  readonly path: string;
  readonly status: number;
  readonly scope: ApiKeyScope | undefined;
  readonly declaration: OperationDeclaration | undefined;
  readonly query: RequestPart;
  readonly body: RequestPart;
}

/** `unreadable`: the handler takes one, and its schema is kept in a pipe. */
export type RequestPart = z.ZodType | 'none' | 'unreadable';

const METHODS: Readonly<Partial<Record<RequestMethod, DeclaredRoute['method']>>> = {
  [RequestMethod.GET]: 'get',
  [RequestMethod.POST]: 'post',
  [RequestMethod.PUT]: 'put',
  [RequestMethod.PATCH]: 'patch',
  [RequestMethod.DELETE]: 'delete',
};

export function declaredRoutes(controllers: readonly Type[]): DeclaredRoute[] {
  return controllers.flatMap((controller) =>
    handlersOf(controller).flatMap(([name, handler]) => {
      const method = METHODS[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
      // Handlers of Kafka's records are no routes.
      if (method === undefined || path === undefined) return [];
      const declaration = Reflect.getMetadata(Operation.KEY, handler) as OperationDeclaration | undefined;
      const parts = requestParts(controller, name);
      return {
        controller: controller.name.replace(/Controller$/, ''),
        handler: name,
        method,
        path: pathOf(Reflect.getMetadata(PATH_METADATA, controller) as string, path),
        status:
          (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? (method === 'post' ? 201 : 200),
        scope: Reflect.getMetadata(RequireScope.KEY, handler) as ApiKeyScope | undefined,
        declaration,
        query: declaration?.query ?? parts.query,
        body: declaration?.body ?? parts.body,
      };
    }),
  );
}

function handlersOf(controller: Type): [string, object][] {
  const prototype = controller.prototype as Readonly<Record<string, unknown>>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown;
    return typeof handler === 'function' && name !== 'constructor' ? [[name, handler]] : [];
  });
}

function pathOf(...parts: string[]): string {
  const segments = parts.flatMap((part) => part.split('/')).filter((segment) => segment !== '');
  return `/${segments.map((segment) => (segment.startsWith(':') ? `{${segment.slice(1)}}` : segment)).join('/')}`;
}

/** What Nest keeps of `@Body(pipe)` and `@Query(pipe)`. */
interface ArgumentMetadata {
  readonly pipes?: readonly unknown[];
}

function requestParts(controller: Type, handler: string): { query: RequestPart; body: RequestPart } {
  const parts: { query: RequestPart; body: RequestPart } = { query: 'none', body: 'none' };
  const found = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Record<
    string,
    ArgumentMetadata
  >;
  for (const [key, { pipes = [] }] of Object.entries(found)) {
    const [type] = key.split(':');
    if (type === String(RouteParamtypes.QUERY)) parts.query = schemaOf(pipes);
    else if (type === String(RouteParamtypes.BODY)) parts.body = schemaOf(pipes);
  }
  return parts;
}

function schemaOf(pipes: readonly unknown[]): RequestPart {
  for (const pipe of pipes) {
    const schema = typeof pipe === 'object' && pipe !== null && 'schema' in pipe ? pipe.schema : undefined;
    if (schema instanceof z.ZodType) return schema;
  }
  return 'unreadable';
}
