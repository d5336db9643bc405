import { setImmediate } from 'node:timers/promises';
import type { Prn } from '@fleethook/events';
import { waitFor } from '../connection/http.js';
import { EventSender, type EventResult } from '../events/event-sender.js';
import { named, type OutgoingEvent } from '../events/outgoing.js';
import type { Ending } from '../running/exit-codes.js';
import type { Invocation } from '../running/invocation.js';
import { simulateFleet, type FleetOptions, type SimulatedEvent } from './fleet.js';
import { SimulationReport } from './simulation-report.js';

export interface SimulateOptions {
  readonly devices: number;
  readonly rate: number;
  readonly duration: number;
  readonly events?: number;
  readonly burst?: number;
  readonly burstEvery: number;
  readonly authFailures: number;
  readonly seed?: string;
  readonly prefix: string;
  readonly start?: Date;
  readonly unpaced?: boolean;
  readonly batch: number;
  readonly gzip?: boolean;
  readonly dryRun?: boolean;
}

/** Of a batch that the intake is too busy for; each waits as long as it asks. */
const MAX_TRIES = 100;
/** Events that are due sooner go with the ones before them. */
const MIN_PAUSE_MS = 50;
const PRINTED_AT_ONCE = 100;
/** Of the organization in a dry run, which asks nobody: the same each time. */
const NOBODY = 'prn:1:00000000-0000-7000-8000-000000000000' as Prn<'organization'>;

export async function simulate(invocation: Invocation, options: SimulateOptions): Promise<Ending> {
  const seed = options.seed ?? String(Date.now());
  const organization = options.dryRun === true ? NOBODY : await invocation.api.organization();
  const events = wanted(simulateFleet(fleetOptions(options, seed, organization)), options);
  if (options.dryRun === true) return print(invocation, events);
  return send(invocation, options, seed, events, organization);
}

function fleetOptions(options: SimulateOptions, seed: string, organization: Prn<'organization'>): FleetOptions {
  return {
    seed,
    organization,
    prefix: options.prefix,
    devices: options.devices,
    ratePerSecond: options.rate,
    authFailureRatio: options.authFailures,
    burst: options.burst === undefined ? undefined : { size: options.burst, everyMs: Math.max(1, options.burstEvery) },
    startMs: options.start?.getTime() ?? Date.now(),
    isDated: options.start !== undefined,
  };
}

function* wanted(all: Iterable<SimulatedEvent>, options: SimulateOptions): Generator<SimulatedEvent, void> {
  let count = 0;
  for (const event of all) {
    if (options.events === undefined ? event.atMs >= options.duration : count >= options.events) return;
    count += 1;
    yield event;
  }
}

async function print({ host, signal }: Invocation, events: Iterable<SimulatedEvent>): Promise<Ending> {
  let printed = 0;
  for (const { json } of events) {
    if (signal.aborted) return 'interrupted';
    host.stdout.write(`${json}\n`);
    printed += 1;
    // Only then is it seen that nobody reads any more, or that it is to end.
    if (printed % PRINTED_AT_ONCE === 0) await setImmediate();
  }
  return 'ok';
}

async function send(
  invocation: Invocation,
  options: SimulateOptions,
  seed: string,
  events: Iterator<SimulatedEvent, void>,
  organization: Prn<'organization'>,
): Promise<Ending> {
  const { output, signal } = invocation;
  const startedAtMs = Date.now();
  const report = new SimulationReport(output, { seed, startedAtMs });
  const sender = new EventSender(invocation.intake, {
    isCompressed: options.gzip === true,
    maxTries: MAX_TRIES,
    signal,
    onWait: (waitMs, reason) => report.waits(waitMs, reason),
  });
  output.note(`${options.devices} devices, seed ${seed}; Ctrl-C ends.`);
  const elapsed = (): number => (options.unpaced === true ? Infinity : Date.now() - startedAtMs);
  let line = 0;
  let next = events.next();
  try {
    while (next.done !== true) {
      const batch: (OutgoingEvent & { readonly name: string })[] = [];
      const { atMs } = next.value;
      if (atMs > elapsed()) await waitFor(Math.max(MIN_PAUSE_MS, atMs - elapsed()), signal);
      for (; next.done !== true && next.value.atMs <= elapsed() && batch.length < options.batch; next = events.next())
        batch.push({ line: (line += 1), json: named(next.value.json, organization), name: next.value.name });
      const results: readonly EventResult[] = await sender.send(batch);
      report.sent(batch, results, Math.max(0, Date.now() - startedAtMs - atMs));
      signal.throwIfAborted();
    }
  } catch (error) {
    // What was sent is told all the same.
    if (!signal.aborted) throw error;
  } finally {
    report.end();
  }
  if (signal.aborted) return 'interrupted';
  if (report.counts.not_taken > 0) return 'unavailable';
  return report.counts.rejected > 0 ? 'failed' : 'ok';
}
