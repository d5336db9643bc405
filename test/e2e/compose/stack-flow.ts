import type { Prn } from '@fleethook/events';
import { eventually } from '../../support/eventually.js';
import { Ledger, type Balance } from '../../support/ledger.js';
import type { ComposeStack } from './compose-stack.js';

const BATCH = 20;
const PAUSE_MS = 500;
const REQUEST_TIMEOUT_MS = 10_000;
const VERIFIED = /verified(?: on attempt \d+: the retry has made it)? \((\S+)\)$/gm;

/** Events into a stack, under names of its own, and what the demo's receiver says about them. */
export class StackFlow {
  #running: Promise<void> | undefined;
  #stopping = false;

  private constructor(
    private readonly stack: ComposeStack,
    private readonly apiKey: string,
    private readonly ledger: Ledger,
  ) {}

  /** As a user would: with the key that the stack has made, out of a container. */
  static async open(stack: ComposeStack): Promise<StackFlow> {
    const key = await stack.call('exec', '-T', 'api', 'cat', '/run/fleethook/keys/api_key');
    const apiKey = key.trim();
    const reply = await fetch(`${stack.url('API_PORT')}/users/me`, { headers: { authorization: `Token ${apiKey}` } });
    if (!reply.ok) throw new Error(`GET /users/me answered ${reply.status}: ${await reply.text()}`);
    const { data } = (await reply.json()) as { data: { organization_prn: Prn<'organization'> } };
    return new StackFlow(stack, apiKey, new Ledger(data.organization_prn));
  }

  get accepted(): number {
    return this.ledger.accepted.size;
  }

  start(): void {
    this.#stopping = false;
    this.#running = this.#run();
    // Reported by `stop`; until then it must not end the process.
    this.#running.catch(() => undefined);
  }

  /** Resolves once the last event is accepted. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Waits until some more events are accepted: what was done before is then over for whoever sends. */
  async goesOn(count = 2 * BATCH): Promise<void> {
    const before = this.accepted;
    await eventually(
      () => {
        if (this.accepted < before + count) throw new Error(`${this.accepted - before} more were accepted`);
      },
      { withinMs: 120_000 },
    );
  }

  /** Accepted by the intake against verified by the receiver, which refuses one in eight at first. */
  async balance(): Promise<Balance> {
    return this.ledger.balance([...(await this.stack.said('demo')).matchAll(VERIFIED)].map(([, prn = '']) => prn));
  }

  /** Waits until nothing is missing. @returns what was counted then */
  everythingArrives(withinMs: number): Promise<Balance> {
    return eventually(
      async () => {
        const balance = await this.balance();
        const { accepted, missing } = balance;
        if (missing.length > 0) throw new Error(`${missing.length} of ${accepted} events are missing: ${missing[0]}`);
        return balance;
      },
      { withinMs, longestPauseMs: 1_000 },
    );
  }

  async #run(): Promise<void> {
    while (!this.#stopping && !this.stack.gone.aborted) {
      await this.post(BATCH);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Sends until all are taken, as a producer should: the same event under the same name. */
  async post(count: number): Promise<void> {
    let open = this.ledger.issue(count);
    while (open.length > 0 && !this.stack.gone.aborted) {
      const accepted = await this.#taken(open);
      this.ledger.confirm(accepted);
      open = open.filter((prn) => !accepted.has(prn));
      if (open.length > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #taken(prns: readonly Prn<'event'>[]): Promise<ReadonlySet<string>> {
    const events = prns.map((prn) => ({ type: 'device', prn, data: { type: 'claimed_release', data: payload(prn) } }));
    let reply: Response;
    let text: string;
    try {
      reply = await fetch(`${this.stack.url('INGEST_PORT')}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Token ${this.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(events),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      text = await reply.text();
    } catch {
      // The intake is away, or went away while it answered: whether it took them is not known.
      return new Set();
    }
    // Just started, it has not read the keys yet; Kafka away, it takes nothing.
    if (reply.status === 503 || reply.status === 429) return new Set();
    if (reply.status !== 202) throw new Error(`the intake answered ${reply.status}: ${text}`);
    return new Set((JSON.parse(text) as { events: { prn: string }[] }).events.map(({ prn }) => prn));
  }
}

const payload = (prn: string): object => ({
  device: { prn: prn.replace(':event:', ':device:'), identifier: 'pump-0017', cohort: null },
  release: { prn: prn.replace(':event:', ':release:'), version: '1.0.0' },
});
