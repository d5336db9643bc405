import type { Schemas } from '@fleethook/contract';
import { UsageError } from '../running/cli-error.js';
import type { Ending } from '../running/exit-codes.js';
import type { Invocation } from '../running/invocation.js';
import { showOutcome, startReplay } from '../replays/start-replay.js';
import { resend } from './resend.js';

export interface RedriveOptions {
  readonly webhook?: string;
  readonly reason?: Schemas['DeadReason'][];
  readonly type?: string[];
  readonly rate?: number;
  readonly since?: Date;
  readonly until?: Date;
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

/** As far as the API lets a replay of failed deliveries reach back, less a little for clocks. */
const HISTORY_MS = 30 * 86_400_000 - 300_000;

export async function redrive(
  invocation: Invocation,
  ids: readonly string[],
  options: RedriveOptions,
): Promise<Ending> {
  if (ids.length > 0) {
    if (options.webhook !== undefined) throw new UsageError('Give ids or --webhook, not both.');
    if (options.dryRun === true) throw new UsageError('--dry-run counts for --webhook only.');
    return resend(invocation, ids);
  }
  if (options.webhook === undefined) throw new UsageError('Say what to send again: ids, or --webhook.');
  const { replay, ending } = await startReplay(
    invocation,
    {
      webhook: options.webhook,
      source: 'failed',
      from: options.since ?? new Date(Date.now() - HISTORY_MS),
      to: options.until,
      filter: {
        ...(options.type === undefined ? {} : { enabled_events: options.type }),
        ...(options.reason === undefined ? {} : { dead_reasons: options.reason }),
      },
      ratePerSecond: options.rate,
      isDryRun: options.dryRun === true,
    },
    options.wait,
  );
  showOutcome(invocation.output, replay);
  return ending;
}
