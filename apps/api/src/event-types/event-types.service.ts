import { Injectable } from '@nestjs/common';
import { catalogue, compileSchema, normaliseEventName, type JsonObject, type JsonSchema } from '@fleethook/events';
import { configKey } from '@fleethook/messages';
import {
  EventTypeQueries,
  type EventTypeChange,
  type EventTypeEntity,
  type EventTypeKey,
  type Transaction,
} from '@fleethook/store';
import { authorOf, type Principal } from '../auth/principal.js';
import { InvalidFields, notFound, Refusal } from '../errors/problems.js';
import type { KeepReply } from '../idempotency/idempotency.interceptor.js';
import { boundCursor, positionIn } from '../listing/bound-cursor.js';
import { pageOf } from '../listing/page.schemas.js';
import { ConfigArrival } from '../outbox/config-arrival.js';
import {
  exampleFaults,
  type EventTypeReply,
  type EventTypesReply,
  type EventTypeView,
  type ListEventTypes,
  type RegisterEventType,
  type UpdateEventType,
} from './event-type.schemas.js';
import { registeredView, shippedView } from './event-type.view.js';

/** Every process of the data plane holds them all, each at most 32 KiB. */
const MAX_PER_ORGANIZATION = 100;
const MAX_WEBHOOKS_NAMED = 10;
/** Two clients can change a type at once; whoever comes second decides again on what the first has left, but not for ever. */
const MAX_ROUNDS = 4;

/** The types of events that there are for an organization: those that come with the product, and those that it registered. */
@Injectable()
export class EventTypesService {
  constructor(
    private readonly queries: EventTypeQueries,
    private readonly arrival: ConfigArrival,
  ) {}

  /** @throws InvalidFields when the name is taken, Refusal 409 when there are as many as there may be */
  async register(caller: Principal, input: RegisterEventType, keep: KeepReply): Promise<EventTypeReply> {
    const now = new Date();
    const eventType: EventTypeEntity = {
      organizationPrn: caller.organization,
      name: input.name,
      description: input.description,
      schemaJson: JSON.stringify(input.schema.json),
      exampleJson: JSON.stringify(input.example),
      version: 1,
      insertedAt: now,
      updatedAt: now,
    };
    const reply = { event_type: registeredView(eventType) };
    const alongside = (transaction: Transaction): Promise<void> => keep(transaction, reply);
    switch (await this.queries.register(eventType, MAX_PER_ORGANIZATION, authorOf(caller), alongside)) {
      case 'registered':
        await this.arrival.of(configKeyOf(eventType), eventType.version);
        return reply;
      case 'known':
        throw new InvalidFields({ name: [`${input.name} is registered already`] });
      case 'too_many':
        throw new Refusal(409, `An organization registers at most ${MAX_PER_ORGANIZATION} types of events`);
    }
  }

  async list(caller: Principal, { page, ...query }: ListEventTypes): Promise<EventTypesReply> {
    const { order, category, source } = query;
    const listing = ['event-types', caller.organization, order, category, source];
    const after = positionIn(listing, page)?.id;
    const registered =
      source === 'shipped'
        ? []
        : await this.queries.list(caller.organization, {
            order,
            limit: query.limit + 1,
            after,
            category,
          });
    const found = [...registered.map(registeredView), ...shippedAmong(query, after)].toSorted((left, right) =>
      isBefore(left.name, right.name, order) ? -1 : 1,
    );
    const { rows, last } = pageOf(found, query.limit);
    return {
      event_types: [...rows],
      next_page: last === undefined ? null : boundCursor(listing, { atMs: 0, id: last.name }),
    };
  }

  /** @throws Refusal 404 */
  async get(caller: Principal, spelled: string): Promise<EventTypeView> {
    const name = normaliseEventName(spelled);
    const shipped = name === undefined ? undefined : catalogue.get(name);
    if (shipped !== undefined) return shippedView(shipped);
    return registeredView(await this.#registered(caller, spelled));
  }

  /** The example must fit the schema as both are afterwards. @throws InvalidFields, Refusal 404, 409 */
  async update(caller: Principal, spelled: string, input: UpdateEventType): Promise<EventTypeView> {
    const key = keyOf(caller, spelled);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const current = await this.#registered(caller, spelled);
      const change = changeOf(current, input);
      if (Object.keys(change).length === 0) return registeredView(current);
      const result = await this.queries.update(key, current.version, change, authorOf(caller), new Date());
      if (result.kind === 'updated') {
        if (change.schemaJson !== undefined) await this.arrival.of(configKeyOf(key), result.eventType.version);
        return registeredView(result.eventType);
      }
      if (result.kind === 'missing') throw notFound();
    }
    throw new Refusal(409, 'The type is being changed by others at the same time; try again');
  }

  /**
   * Refused while webhooks name it, enabled or not: a subscription to nothing would fail without a sign. One that is being verified does not
   * name it yet, and is refused then.
   * @throws Refusal 404, 409
   */
  async remove(caller: Principal, spelled: string): Promise<void> {
    const key = keyOf(caller, spelled);
    const result = await this.queries.remove(key, MAX_WEBHOOKS_NAMED, authorOf(caller));
    if (result.kind === 'missing') throw notFound();
    if (result.kind === 'subscribed')
      throw new Refusal(
        409,
        `Webhooks are subscribed to ${key.name}; unsubscribe them first: ${result.webhooks.join(', ')}`,
      );
    await this.arrival.of(configKeyOf(key));
  }

  async #registered(caller: Principal, spelled: string): Promise<EventTypeEntity> {
    const found = await this.queries.find(keyOf(caller, spelled));
    if (found === undefined) throw notFound();
    return found;
  }
}

const configKeyOf = ({ organizationPrn: organization, name }: EventTypeKey): string =>
  configKey({ kind: 'event_type', organization, name });

/** @throws Refusal 404, or 409 for a type that comes with the product */
function keyOf(caller: Principal, spelled: string): EventTypeKey {
  const name = normaliseEventName(spelled);
  if (name === undefined) throw notFound();
  if (catalogue.has(name)) throw new Refusal(409, `${name} is shipped and cannot be changed`);
  return { organizationPrn: caller.organization, name };
}

function shippedAmong(
  { source, category, order }: Omit<ListEventTypes, 'page'>,
  after: string | undefined,
): EventTypeView[] {
  if (source === 'registered') return [];
  return [...catalogue.values()]
    .filter(({ name }) => after === undefined || isBefore(after, name, order))
    .filter(({ name }) => category === undefined || name.startsWith(`${category}.`))
    .map(shippedView);
}

const isBefore = (left: string, right: string, order: 'asc' | 'desc'): boolean =>
  order === 'asc' ? left < right : left > right;

/** Only what differs from what is. @throws InvalidFields when example and schema would not fit */
function changeOf(current: EventTypeEntity, input: UpdateEventType): EventTypeChange {
  const change: EventTypeChange = {};
  if (input.description !== undefined && input.description !== current.description)
    change.description = input.description;
  if (input.schema !== undefined) {
    const schemaJson = JSON.stringify(input.schema.json);
    if (schemaJson !== current.schemaJson) change.schemaJson = schemaJson;
  }
  if (input.example !== undefined) {
    const exampleJson = JSON.stringify(input.example);
    if (exampleJson !== current.exampleJson) change.exampleJson = exampleJson;
  }
  if (change.schemaJson === undefined && change.exampleJson === undefined) return change;
  const check = input.schema?.check ?? compileSchema(JSON.parse(current.schemaJson) as JsonSchema);
  const faults = exampleFaults(check, input.example ?? (JSON.parse(current.exampleJson) as JsonObject));
  if (faults.length > 0) throw new InvalidFields({ [input.example === undefined ? 'schema' : 'example']: faults });
  return change;
}
