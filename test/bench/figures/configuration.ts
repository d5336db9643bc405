import { randomBytes } from 'node:crypto';
import type { AppName } from '@fleethook/config';
import { catalogue, newOrganizationPrn, newPrn, parseEventName } from '@fleethook/events';
import { encodeConfig, encodeTombstone, type RecordToSend, type SecretSealer } from '@fleethook/messages';
import type { Sink } from '../bench-process.js';
import { BenchWorld, until, type BenchApp } from '../bench-world.js';
import type { Figure } from '../figure.js';
import { floorOf } from '../floor.js';

const ORGANIZATIONS = 1_000;
const EVENTS_PER_WEBHOOK = 3;
const MIB = 1_048_576;
const TEST_FIRE = parseEventName('webhook.test_fire');
const MEMORY_SAMPLES = 15;
const CHANGES = 20;

interface Start {
  readonly readyAfterMs: number;
  readonly residentBytes: number;
}

/** What it costs router and delivery to know very many webhooks: time to ready, memory, and how long a change takes to arrive. */
export async function configuration(
  services: { kafkaBrokers: readonly string[]; databaseUrl: string },
  logFolder: string,
  sink: Sink,
  webhooks: number,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  await using empty = await BenchWorld.create(services, logFolder);
  await using full = await BenchWorld.create(services, logFolder);
  const records = [...configurationOf(webhooks, full.sealer)];
  await full.publishConfiguration(records);
  const name = `${webhooks.toLocaleString('en')} webhooks`;
  for (const app of ['router', 'delivery'] as const) {
    const without = await start(empty, app, sink.caFile);
    const { process, ...with_ } = await start(full, app, sink.caFile);
    const visibleMs = await slowestChange(full, process, webhooks, records.slice(0, CHANGES));
    figures.push(
      {
        name: `${app} ready with ${name}`,
        unit: 's',
        measured: with_.readyAfterMs / 1_000,
        reference: 10,
        referenceName: `limit; ${(without.readyAfterMs / 1_000).toFixed(1)} s with none`,
        bound: floorOf('configuration'),
      },
      {
        name: `${app}: RSS that ${name} add`,
        unit: 'MiB',
        measured: (with_.residentBytes - without.residentBytes) / MIB,
        reference: 250,
        referenceName: `limit; ${Math.round(without.residentBytes / MIB)} MiB with none`,
        bound: floorOf('configuration'),
      },
      {
        name: `${app}: slowest of ${CHANGES} changes to arrive`,
        unit: 's',
        measured: visibleMs / 1_000,
        reference: 2,
        referenceName: 'limit',
        bound: floorOf('configuration'),
      },
    );
  }
  return figures;
}

async function start(world: BenchWorld, name: AppName, caFile: string): Promise<Start & { process: BenchApp }> {
  const startedAtMs = performance.now();
  const process = await world.start(name, caFile);
  const readyAfterMs = performance.now() - startedAtMs;
  // The largest of some samples: garbage of the start counts while it is there.
  let residentBytes = 0;
  let samples = 0;
  await until(
    async () => {
      residentBytes = Math.max(residentBytes, world.residentBytes(name));
      await new Promise((resolve) => setTimeout(resolve, 500));
      samples += 1;
      return samples >= MEMORY_SAMPLES;
    },
    MEMORY_SAMPLES * 2_000,
    'memory was sampled',
  );
  return { process, readyAfterMs, residentBytes };
}

/** Takes webhooks away and puts them back, one at a time, and waits each time until the process knows. */
async function slowestChange(
  world: BenchWorld,
  app: BenchApp,
  webhooks: number,
  records: readonly RecordToSend[],
): Promise<number> {
  let slowest = 0;
  for (const record of records) {
    for (const [change, expected] of [
      [encodeTombstone(record.key), webhooks - 1],
      [record, webhooks],
    ] as const) {
      const startedAtMs = performance.now();
      await world.publishConfiguration([change]);
      await until(async () => (await webhooksKnownTo(app)) === expected, 30_000, 'the change has arrived');
      slowest = Math.max(slowest, performance.now() - startedAtMs);
    }
  }
  return slowest;
}

async function webhooksKnownTo(app: BenchApp): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/fleethook_config_records\{kind="webhook"\} (\d+)/.exec(text)?.[1] ?? 0);
}

/** Webhooks of a thousand organizations, each with some of the catalogue's events. */
function* configurationOf(webhooks: number, sealer: SecretSealer): Generator<RecordToSend> {
  const names = [...catalogue.values()].filter(({ deliverable }) => deliverable).map(({ name }) => name);
  const organizations = Array.from({ length: ORGANIZATIONS }, newOrganizationPrn);
  for (let index = 0; index < webhooks; index++) {
    const organization = organizations[index % ORGANIZATIONS] ?? newOrganizationPrn();
    const prn = newPrn(organization, 'webhook');
    yield encodeConfig({
      v: 1,
      kind: 'webhook',
      version: 1,
      prn,
      organization,
      url: `https://fleet-${index % ORGANIZATIONS}.receivers.example.com/webhooks/fleethook/${index}`,
      enabledEvents: Array.from(
        { length: EVENTS_PER_WEBHOOK },
        (_, offset) => names[(index + offset) % names.length] ?? TEST_FIRE,
      ),
      state: 'enabled',
      secrets: [{ sealed: sealer.seal(randomBytes(16), prn) }],
      lanes: 1,
    });
  }
}
