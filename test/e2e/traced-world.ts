import type { Prn } from '@fleethook/events';
import { Receiver, type Answer } from '../support/receiver.js';
import { TraceCollector, type CollectedSpan } from '../support/trace-collector.js';
import { World, type CreatedWebhook } from '../support/world.js';

/** Each event has a device of its own. */
export const deviceOf = (event: string): string => event.replace(':event:', ':device:');

/** Each span as its way from the beginning of its trace. */
export function shapeOf(spans: readonly CollectedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: CollectedSpan): string => {
    const parent = byId.get(span.parentSpanId);
    return `${parent === undefined ? '' : `${pathOf(parent)} > `}${span.service.replace('fleethook-', '')} ${span.name}`;
  };
  return spans.map(pathOf).toSorted();
}

/** The pipeline with a collector of its traces. */
export class TracedWorld implements AsyncDisposable {
  #webhooks = 0;

  private constructor(
    readonly collector: TraceCollector,
    readonly receiver: Receiver,
    readonly world: World,
  ) {}

  static async create(): Promise<TracedWorld> {
    const collector = await TraceCollector.listen();
    const receiver = await Receiver.listen();
    const world = await World.create({
      apps: ['ingest', 'router', 'delivery', 'recorder'],
      environment: { ...collector.environment, DELIVERY_TRACE_CONTEXT: 'true' },
    });
    return new TracedWorld(collector, receiver, world);
  }

  /** On a path of its own. @param answers to its deliveries; none: all well */
  async createWebhook(answers: readonly Answer[] = []): Promise<CreatedWebhook> {
    const path = `/traced-${++this.#webhooks}`;
    const webhook = await this.world.createWebhook(this.receiver, path);
    if (answers.length > 0) this.receiver.answer(path, [...answers]);
    return webhook;
  }

  /** One event. @returns its PRN */
  async post(headers: Readonly<Record<string, string>> = {}): Promise<{ event: Prn<'event'>; requestId: string }> {
    const [prn] = (await this.world.ledger()).issue(1);
    if (prn === undefined) throw new Error('the ledger gave no event');
    const reply = await fetch(`${this.world.app('ingest').url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Token ${this.world.apiKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        type: 'device',
        prn,
        data: {
          type: 'claimed_release',
          data: {
            device: { prn: deviceOf(prn), identifier: 'device-1', cohort: null },
            release: { prn: prn.replace(':event:', ':release:'), version: '1.0.0' },
          },
        },
      }),
    });
    if (reply.status !== 202) throw new Error(`the intake answered ${reply.status}: ${await reply.text()}`);
    return { event: prn, requestId: reply.headers.get('peridio-request-id') ?? '' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
    await this.receiver.close();
    await this.collector[Symbol.asyncDispose]();
  }
}
