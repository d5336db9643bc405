import { parseEventName, type Prn } from '@fleethook/events';
import { encodeDelivery, TOPICS, type RecordToSend } from '@fleethook/messages';
import { benchBody, benchEventPrn } from '../bodies.js';
import { besideReference, type Sink } from '../bench-process.js';
import { AS_MANY_AS_THE_REFERENCE, until, type BenchWorld } from '../bench-world.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';

const WEBHOOKS = 48;
const WARM_UP = 10_000;

/** `apps/delivery` alone: deliveries wait in Kafka already, attempt records go back to Kafka. */
export async function deliveryAlone(world: BenchWorld, sink: Sink, deliveries: number): Promise<Figure> {
  const { measured, reference } = await besideReference(sink, deliveries, () => deliverAll(world, sink, deliveries));
  return {
    name: 'apps/delivery alone',
    unit: 'deliveries/CPU-s',
    measured,
    reference,
    referenceName: 'bare undici request loop',
    bound: floorOf('delivery'),
  };
}

async function deliverAll(world: BenchWorld, sink: Sink, deliveries: number): Promise<number> {
  const webhooks = await world.configure(WEBHOOKS, sink.url);
  await world.produce(TOPICS.deliveries.name, records(webhooks, WARM_UP + deliveries));
  const before = await sink.received();
  await world.start('delivery', sink.caFile, AS_MANY_AS_THE_REFERENCE);
  await until(async () => (await sink.received()) - before >= WARM_UP, 120_000, 'the warm-up is delivered');
  const [warm, cpuBefore] = [await sink.received(), world.cpuSeconds()];
  await until(async () => (await sink.received()) - before >= WARM_UP + deliveries, 300_000, 'all is delivered');
  return ((await sink.received()) - warm) / (world.cpuSeconds() - cpuBefore);
}

function* records(webhooks: readonly Prn<'webhook'>[], count: number): Generator<RecordToSend> {
  const name = parseEventName('device.claimed_release');
  for (let index = 0; index < count; index++) {
    const webhook = webhooks[index % webhooks.length];
    if (webhook === undefined) return;
    yield encodeDelivery({
      event: benchEventPrn(index) as Prn<'event'>,
      name,
      webhook,
      lane: 0,
      acceptedAtMs: Date.now(),
      attempt: 1,
      body: benchBody(index),
    });
  }
}
