import { parseEventName, type Prn } from '@fleethook/events';
import { encodeDelivery, TOPICS, type RecordToSend } from '@fleethook/messages';
import { benchBody, benchEventPrn } from '../bodies.js';
import type { Sink } from '../bench-process.js';
import { AS_MANY_AS_THE_REFERENCE, until, type BenchWorld } from '../bench-world.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';
import { inTurnsWithReference, spentSince, totalOf, type Slice } from '../reference.js';

const WEBHOOKS = 48;
const WARM_UP = 30_000;

/** `apps/delivery` alone: deliveries are in Kafka already, attempt records go back there. */
export async function deliveryAlone(world: BenchWorld, sink: Sink, deliveries: number): Promise<Figure> {
  const webhooks = await world.configure(WEBHOOKS, sink.url);
  await world.start('delivery', sink.caFile, AS_MANY_AS_THE_REFERENCE);
  const deliver = async (count: number): Promise<Slice> => {
    const end = (await sink.received()) + count;
    await world.produce(TOPICS.deliveries.name, records(webhooks, count));
    // From here on nobody else is at work; what was delivered by then is not counted.
    const [begun, before] = [await sink.received(), world.cpuSecondsBy()];
    await until(async () => (await sink.received()) >= end, 300_000, 'all is delivered');
    return { deliveries: end - begun, cpuSecondsBy: spentSince(before, world.cpuSecondsBy()) };
  };
  await deliver(WARM_UP);
  const taken = await inTurnsWithReference(sink, deliveries, deliver);
  return {
    name: 'apps/delivery alone',
    unit: 'deliveries/CPU-s',
    measured: taken.deliveries / totalOf(taken.cpuSecondsBy),
    reference: taken.reference,
    referenceName: 'bare undici request loop',
    bound: floorOf('delivery'),
  };
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
