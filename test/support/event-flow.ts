import { newPrn, type Prn } from '@fleethook/events';
import type { World } from './world.js';

const BATCH = 20;
const PAUSE_AFTER_REFUSAL_MS = 100;

export interface PostedEvent {
  readonly prn: Prn<'event'>;
  /** Every other one: what a filter can tell apart. */
  readonly identifier: 'even' | 'odd';
  /** Before the request and after its answer, epoch milliseconds. */
  readonly postedAtMs: number;
  readonly acceptedAtMs: number;
}

/** Events at a steady rate, in the background, until it is stopped; all of them accepted, and when. */
export class EventFlow {
  readonly posted: PostedEvent[] = [];
  #stopping = false;
  readonly #running: Promise<void>;

  constructor(
    private readonly world: World,
    private readonly organization: Prn<'organization'>,
    eventsPerSecond: number,
  ) {
    this.#running = this.#run((1_000 * BATCH) / eventsPerSecond);
    // Reported by `stop`; until then it must not end the process.
    this.#running.catch(() => undefined);
  }

  /** Resolves once the last event is accepted. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Events that were posted in a span of time. */
  between(fromMs: number, toMs = Infinity): PostedEvent[] {
    return this.posted.filter(({ postedAtMs, acceptedAtMs }) => postedAtMs >= fromMs && acceptedAtMs <= toMs);
  }

  async #run(intervalMs: number): Promise<void> {
    let dueAtMs = Date.now();
    while (!this.#stopping) {
      await this.#post();
      // From when it was due, not from now: the rate is the same however long an answer takes.
      dueAtMs += intervalMs;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAtMs - Date.now())));
    }
  }

  async #post(): Promise<void> {
    const prns = Array.from({ length: BATCH }, () => newPrn(this.organization, 'event'));
    const body = JSON.stringify(
      prns.map((prn, index) => ({
        type: 'device',
        prn,
        data: {
          type: 'claimed_release',
          data: {
            device: { prn: prn.replace(':event:', ':device:'), identifier: identifierOf(index), cohort: null },
            release: { prn: prn.replace(':event:', ':release:'), version: '1.0.0' },
          },
        },
      })),
    );
    const postedAtMs = Date.now();
    while (!(await this.#isTaken(body))) await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_REFUSAL_MS));
    const acceptedAtMs = Date.now();
    prns.forEach((prn, index) => this.posted.push({ prn, identifier: identifierOf(index), postedAtMs, acceptedAtMs }));
  }

  async #isTaken(body: string): Promise<boolean> {
    const reply = await fetch(`${this.world.app('ingest').url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Token ${this.world.apiKey}`, 'content-type': 'application/json' },
      body,
    });
    const text = await reply.text();
    if (reply.status === 503 || reply.status === 429) return false;
    if (reply.status !== 202) throw new Error(`the intake answered ${reply.status}: ${text}`);
    return (JSON.parse(text) as { rejected: unknown[] }).rejected.length === 0;
  }
}

function identifierOf(index: number): 'even' | 'odd' {
  return index % 2 === 0 ? 'even' : 'odd';
}
