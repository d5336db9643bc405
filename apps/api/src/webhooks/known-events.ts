import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { catalogue, normaliseEventName, type EventName, type Prn } from '@fleethook/events';
import { EventTypeQueries } from '@fleethook/store';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { parsed } from '../errors/parsed.js';
import { InvalidFields, Refusal, type FieldErrors } from '../errors/problems.js';

/** What a body says depends on whose it is: organizations register types of events. */
export interface OrganizationsBody {
  readonly organization: Prn<'organization'>;
  readonly body: unknown;
}

export const CallersBody = createParamDecorator((_data: unknown, context: ExecutionContext): OrganizationsBody => {
  const { principal, body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === undefined) throw new Refusal(401, 'Unauthorized');
  return { organization: principal.organization, body };
});

/** More than a webhook may name: the schema says so. */
const MAX_LOOKED_UP = 200;

/** The names that a webhook may subscribe to: those that are shipped, and those that its organization registered. */
@Injectable()
export class KnownEvents {
  constructor(private readonly eventTypes: EventTypeQueries) {}

  /** The body as the schema reads it. @throws InvalidFields with what the schema says, and with every event that is unknown */
  async parsed<T>({ organization, body }: OrganizationsBody, schema: z.ZodType<T>): Promise<T> {
    const unknown = await this.#unknownAmong(organization, namesIn(body));
    const { fields: ours } = unknownEvents(unknown);
    try {
      const input = parsed(schema, body);
      if (unknown.length === 0) return input;
    } catch (error) {
      if (error instanceof InvalidFields)
        throw unknown.length === 0 ? error : new InvalidFields(together(error.fields, ours));
      throw error;
    }
    throw unknownEvents(unknown);
  }

  async #unknownAmong(organization: Prn<'organization'>, names: readonly EventName[]): Promise<EventName[]> {
    const notShipped = names.filter((name) => !catalogue.has(name));
    const registered = await this.eventTypes.namesAmong(organization, notShipped);
    return notShipped.filter((name) => !registered.has(name));
  }
}

export function unknownEvents(names: readonly EventName[]): InvalidFields {
  return new InvalidFields({ enabled_events: names.map((name) => `${JSON.stringify(name)} is not an event`) });
}

/** Of a body that nobody has checked; what is no name is for the schema to refuse. */
function namesIn(body: unknown): EventName[] {
  const listed = typeof body === 'object' && body !== null && 'enabled_events' in body ? body.enabled_events : [];
  if (!Array.isArray(listed)) return [];
  const names = listed
    .slice(0, MAX_LOOKED_UP)
    .flatMap((text: unknown) => (typeof text === 'string' ? (normaliseEventName(text) ?? []) : []));
  return [...new Set(names)];
}

function together(left: FieldErrors, right: FieldErrors): FieldErrors {
  const fields = new Map(Object.entries(left));
  for (const [field, messages] of Object.entries(right)) fields.set(field, [...(fields.get(field) ?? []), ...messages]);
  return Object.fromEntries(fields);
}
