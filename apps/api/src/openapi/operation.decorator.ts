import { Reflector } from '@nestjs/core';
import type { z } from 'zod';

/**
 * What a route's own code does not say of it, beside its handler: that is all it takes to be in the document.
 *
 *     @Get(':prn')
 *     @RequireScope('read')
 *     @Operation({ summary: 'Get a webhook', reply: WebhookReply })
 *     get(@Param('prn') prn: string, …)
 *
 * Path, method, status, scope, path parameters, and the query and body of a pipe that has a public `schema` (such as `ParsedPipe`) are read
 * from Nest's own decorators. A bound that a schema states in code only (`refine`, `transform`) is named with `.meta({ … })` beside it. A
 * route without this decorator, or one of whose pipes the schema cannot be read and is not given here, fails `openapi.spec.ts` and the
 * check of `docs/openapi.json`.
 */
export interface OperationDeclaration {
  /** In the imperative, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** Of success; left out: it has no body. `.meta({ id })` makes a schema one that others refer to. */
  readonly reply?: z.ZodType;
  /** Of its 422, where that says more than what is wrong with which field. */
  readonly refusal?: z.ZodType;
  /** It answers with a stream of events, which the description tells of. */
  readonly isStream?: true;
  /** Where the handler's pipe keeps its schema to itself. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What is special about a path parameter; else see path-parameters.ts. */
  readonly path?: Readonly<Record<string, ParameterWords>>;
  /** It answers 404 also for what the body names. */
  readonly missing?: true;
  /** When it answers 409, in words. */
  readonly conflict?: string;
  /** When it answers 410, in words. */
  readonly gone?: string;
  /** It answers with `Set-Cookie`: a session of the console begins or ends. */
  readonly setsCookie?: true;
  /** It takes `Idempotency-Key`. */
  readonly idempotent?: true;
  /**
   * `operator`: for whoever runs the platform, with a key of their own. `session`: for whoever is signed in to the console. `anyone`: without
   * any key. Else the scope that the route requires says who may call it.
   */
  readonly access?: 'operator' | 'session' | 'anyone';
}

export interface ParameterWords {
  readonly description: string;
  readonly example?: string;
}

export const Operation = Reflector.createDecorator<OperationDeclaration>();
