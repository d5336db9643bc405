import { Receiver } from '../../support/receiver.js';
import { ApiWorld, type Reply } from './api-world.js';

export interface Webhook {
  prn: string;
  organization_prn: string;
  url: string;
  description: string | null;
  enabled_events: string[];
  state: string;
  inserted_at: string;
  updated_at: string;
  secret?: string;
  standard_webhooks_secret?: string;
}

export const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

export const webhookOf = (reply: Reply): Webhook => (reply.json as { webhook: Webhook }).webhook;

/** An API and an endpoint that its webhooks point to. */
export class WebhookClient implements AsyncDisposable {
  private constructor(
    readonly world: ApiWorld,
    readonly receiver: Receiver,
  ) {}

  /** @param environment further settings */
  static async create(environment: Readonly<Record<string, string>> = {}): Promise<WebhookClient> {
    return new WebhookClient(await ApiWorld.create({ environment }), await Receiver.listen());
  }

  call(...parameters: Parameters<ApiWorld['call']>): Promise<Reply> {
    return this.world.call(...parameters);
  }

  async created(body: Record<string, unknown> = {}): Promise<Webhook & { secret: string }> {
    const reply = await this.call('POST', '/webhooks', { body: { url: this.receiver.url, ...body } });
    if (reply.status !== 201) throw new Error(`not created: ${reply.text}`);
    const webhook = webhookOf(reply);
    return { ...webhook, secret: webhook.secret ?? '' };
  }

  async count(): Promise<number> {
    const [row] = await this.world.database.query<{ count: string }>('SELECT count(*) FROM webhooks');
    return Number(row?.count);
  }

  /** PRNs that a search finds, form-encoded as Peridio's client sends it. */
  async search(text: string): Promise<string[]> {
    const reply = await this.call('GET', `/webhooks?${new URLSearchParams({ search: text, limit: '100' }).toString()}`);
    if (reply.status !== 200) throw new Error(`not searched: ${reply.text}`);
    return (reply.json as { webhooks: Webhook[] }).webhooks.map((found) => found.prn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.receiver[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }
}
