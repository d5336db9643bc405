import type { Reply } from './api-world.js';
import type { ConfigurationView } from './configuration-view.js';
import { WebhookClient } from './webhook-client.js';

export interface EventType {
  name: string;
  source: string;
  schema: unknown;
  example: unknown;
}

export const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['door'],
  properties: { door: { type: 'integer' }, code: { type: 'string', pattern: '^[A-Z]{3}$' } },
};
export const doorOpened = {
  name: 'door.opened',
  description: 'A door was opened',
  schema,
  example: { door: 7, code: 'ABC' },
};

export const typeOf = (reply: Reply): EventType => (reply.json as { event_type: EventType }).event_type;

/** An API, an endpoint, and what the data plane is told of types. */
export class EventTypeClient implements AsyncDisposable {
  private constructor(
    readonly webhooks: WebhookClient,
    readonly configuration: ConfigurationView,
    readonly organization: string,
  ) {}

  static async create(): Promise<EventTypeClient> {
    const webhooks = await WebhookClient.create();
    const [row] = await webhooks.world.database.query<{ prn: string }>('SELECT prn FROM organizations');
    return new EventTypeClient(webhooks, await webhooks.world.configuration(), row?.prn ?? '');
  }

  register(body: object): Promise<Reply> {
    return this.webhooks.call('POST', '/event-types', { body });
  }

  change(name: string, body: object): Promise<Reply> {
    return this.webhooks.call('PATCH', `/event-types/${name}`, { body });
  }

  /** Straight into the table, all of them in the category `flood`, until there are so many in all. */
  async fillUpTo(count: number): Promise<void> {
    await this.webhooks.world.database.query(
      `INSERT INTO event_types (organization_prn, name, description, schema_json, example_json, version, inserted_at, updated_at)
       SELECT $1, 'flood.n' || n, 'One of many', '{}', '{}', 1, now(), now()
       FROM generate_series(1, $2 - (SELECT count(*) FROM event_types WHERE organization_prn = $1)) n`,
      [this.organization, count],
    );
  }

  /** Page by page. */
  async names(query: string): Promise<string[]> {
    const found: string[] = [];
    for (let page: string | null = ''; page !== null;) {
      const reply = await this.webhooks.call('GET', `/event-types?limit=3&page=${page}${query}`);
      if (reply.status !== 200) throw new Error(`not listed: ${reply.text}`);
      const json = reply.json as { event_types: EventType[]; next_page: string | null };
      found.push(...json.event_types.map(({ name }) => name));
      page = json.next_page;
    }
    return found;
  }

  messageOf(name: string) {
    return this.configuration.messages.get(`${this.organization}:event_type:${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.configuration[Symbol.asyncDispose]();
    await this.webhooks[Symbol.asyncDispose]();
  }
}
