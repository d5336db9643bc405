import type { Command } from 'commander';
import type { QueryOf, Schemas } from '@fleethook/contract';
import type { ApiClient } from '../connection/api-client.js';
import { UsageError } from '../running/cli-error.js';
import { apiTime, apiTimeAfter, parseMomentOption } from '../values/moment.js';

/** Which events: of `list` and `tail`. */
export interface EventFilterOptions {
  readonly type?: string;
  readonly device?: string;
  readonly cohort?: string;
  readonly tag?: string;
  readonly since?: Date;
  readonly until?: Date;
}

export type EventQuery = QueryOf<'GET /events'>;
type RecordedEvent = Schemas['RecordedEvent'];

export function eventFilterOptions(command: Command): Command {
  return command
    .option('--type <name>', 'such as device.connected, or a category such as device')
    .option('--device <device>', 'its identifier or its PRN')
    .option('--cohort <prn>', 'PRN of the cohort of the device')
    .option('--tag <tag>', 'tag of the device')
    .option('--since <time>', 'from then on: 15m (ago), 2026-01-31, 2026-01-31T12:00:00Z', parseMomentOption);
}

export async function eventQuery(api: ApiClient, options: EventFilterOptions): Promise<EventQuery> {
  const [category, subtype, ...more] = options.type?.split('.') ?? [];
  if (more.length > 0) throw new UsageError(`${options.type} is not the name of an event, such as device.connected.`);
  const isPrn = options.device?.startsWith('prn:') === true;
  return {
    type: category,
    subtype,
    identifier: isPrn ? undefined : options.device,
    device_prn: isPrn ? options.device : undefined,
    cohort_prn: options.cohort === undefined ? undefined : await api.prnOf('cohort', options.cohort),
    tag: options.tag,
    inserted_at_gte: options.since === undefined ? undefined : apiTime(options.since),
    inserted_at_lt: options.until === undefined ? undefined : apiTimeAfter(options.until),
  };
}

/** What people call the device, else the UUID of its PRN. */
export function deviceNameOf(event: RecordedEvent): string {
  const device = event.data.data['device'] as { identifier?: unknown; prn?: unknown } | null | undefined;
  if (typeof device?.identifier === 'string') return device.identifier;
  return typeof device?.prn === 'string' ? (device.prn.split(':').at(-1) ?? '-') : '-';
}

export const eventNameOf = (event: RecordedEvent): string => `${event.type}.${event.data.type}`;
