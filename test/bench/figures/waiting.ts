import { parseEventName, type Prn } from '@fleethook/events';
import { encodeDelivery, retryTopic, TOPICS, type RecordToSend } from '@fleethook/messages';
import { benchBody, benchEventPrn } from '../bodies.js';
import type { Sink } from '../bench-process.js';
import { BenchWorld, until } from '../bench-world.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';

const TIERS_MS = [1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 43_200_000];
const SAMPLES = 30;
const FIRST_DELIVERY_WITHIN_SECONDS = 15;
const MIB = 1_048_576;

/**
 * A delivery process with a backlog in the retry topics: its resident memory against one without, and how long it takes from its start to
 * the first delivery of what is due.
 */
export async function waiting(
  services: { kafkaBrokers: readonly string[]; databaseUrl: string },
  logFolder: string,
  sink: Sink,
  backlog: number,
): Promise<Figure[]> {
  const [empty, full] = [
    await measure(services, logFolder, sink, 0),
    await measure(services, logFolder, sink, backlog),
  ];
  const name = `RSS with ${backlog.toLocaleString('en')} deliveries waiting`;
  return [
    {
      name,
      unit: 'MiB',
      measured: full.residentBytes / MIB,
      reference: empty.residentBytes / MIB,
      referenceName: 'none waiting',
      bound: floorOf('waiting / of none'),
    },
    {
      name,
      unit: 'MiB',
      measured: full.residentBytes / MIB,
      reference: 300,
      referenceName: 'limit',
      bound: floorOf('waiting / of the limit'),
    },
    {
      name: `start to first delivery with ${backlog.toLocaleString('en')} waiting`,
      unit: 's',
      measured: full.firstDeliverySeconds,
      reference: FIRST_DELIVERY_WITHIN_SECONDS,
      referenceName: 'limit',
      bound: floorOf('waiting / of the limit'),
    },
  ];
}

async function measure(
  services: { kafkaBrokers: readonly string[]; databaseUrl: string },
  logFolder: string,
  sink: Sink,
  backlog: number,
): Promise<{ residentBytes: number; firstDeliverySeconds: number }> {
  await using world = await BenchWorld.create(services, logFolder);
  const webhooks = await world.configure(100, sink.url);
  if (backlog > 0) {
    for (const [tier, delayMs] of TIERS_MS.entries())
      await world.produce(retryTopic(delayMs).name, records(webhooks, tier, Math.ceil(backlog / TIERS_MS.length)));
  }
  await world.produce(TOPICS.deliveries.name, records(webhooks, TIERS_MS.length, webhooks.length));
  const receivedBefore = await sink.received();
  const startedAtMs = performance.now();
  const starting = world.start('delivery', sink.caFile);
  await until(async () => (await sink.received()) > receivedBefore, 120_000, 'the first delivery');
  const firstDeliverySeconds = (performance.now() - startedAtMs) / 1_000;
  await starting;
  // The largest of many samples, after the consumers have had time to fill their windows.
  let largest = 0;
  let samples = 0;
  await until(
    async () => {
      samples += 1;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      if (samples > SAMPLES / 3) largest = Math.max(largest, world.residentBytes('delivery'));
      return samples >= SAMPLES;
    },
    SAMPLES * 3_000,
    'memory was sampled',
  );
  return { residentBytes: largest, firstDeliverySeconds };
}

function* records(webhooks: readonly Prn<'webhook'>[], tier: number, count: number): Generator<RecordToSend> {
  const name = parseEventName('device.claimed_release');
  for (let index = 0; index < count; index++) {
    const webhook = webhooks[index % webhooks.length];
    if (webhook === undefined) return;
    const nowMs = Date.now();
    yield encodeDelivery({
      event: benchEventPrn(tier * 100_000_000 + index) as Prn<'event'>,
      name,
      webhook,
      lane: 0,
      acceptedAtMs: nowMs,
      attempt: 5,
      firstAttemptAtMs: nowMs,
      reason: 'http_status:500',
      jitterMs: 0,
      body: benchBody(index),
    });
  }
}
