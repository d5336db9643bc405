import { parseEventName, type Prn } from '@fleethook/events';
import { encodeDelivery, retryTopic, type RecordToSend } from '@fleethook/messages';
import { benchBody, benchEventPrn } from '../bodies.js';
import type { Sink } from '../bench-process.js';
import { BenchWorld, until } from '../bench-world.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';

const TIERS_MS = [1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 43_200_000];
const SAMPLES = 30;
const MIB = 1_048_576;

/** Resident memory of a delivery process with a backlog in the retry topics, against one without. */
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
      measured: full / MIB,
      reference: empty / MIB,
      referenceName: 'none waiting',
      bound: floorOf('waiting / of none'),
    },
    {
      name,
      unit: 'MiB',
      measured: full / MIB,
      reference: 300,
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
): Promise<number> {
  await using world = await BenchWorld.create(services, logFolder);
  const webhooks = await world.configure(100, sink.url);
  if (backlog > 0) {
    for (const [tier, delayMs] of TIERS_MS.entries())
      await world.produce(retryTopic(delayMs).name, records(webhooks, tier, Math.ceil(backlog / TIERS_MS.length)));
  }
  await world.start('delivery', sink.caFile);
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
  return largest;
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
