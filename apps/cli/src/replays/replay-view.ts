import type { Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import type { Output } from '../output/output.js';
import type { Meaning } from '../output/style.js';
import { fullTime } from '../values/moment.js';

type Replay = Schemas['Replay'];

const MEANING: Readonly<Partial<Record<Replay['state'], Meaning>>> = {
  completed: 'good',
  failed: 'bad',
  cancelled: 'warning',
  paused: 'warning',
};

export const stateMeaning = (state: Replay['state']): Meaning => MEANING[state] ?? 'name';

export const hasEnded = ({ ended_at }: Replay): boolean => ended_at !== null;

/** `82 matched, 80 sent, 2 skipped`. */
export function countsOf({ progress, dry_run: isDryRun }: Replay): string {
  const { matched, sent, skipped } = progress;
  if (isDryRun) return `${matched} would be sent`;
  return `${matched} matched, ${sent} sent${skipped > 0 ? `, ${skipped} not kept any more` : ''}`;
}

export function showReplay(output: Output, replay: Replay, nowMs: number): void {
  const { progress } = replay;
  output.facts([
    ['replay', replay.prn],
    ['webhook', shortPrn(replay.webhook_prn)],
    ['source', replay.source + (replay.dry_run ? ', dry run' : '')],
    ['state', replay.reason === null ? replay.state : `${replay.state} (${replay.reason})`, stateMeaning(replay.state)],
    ['window', `${replay.from} to ${replay.to}`],
    ['filter', Object.keys(replay.filter).length === 0 ? undefined : JSON.stringify(replay.filter)],
    ['rate', `${replay.rate_per_second} a second`],
    ['progress', progress.percent === null ? `${progress.scanned} looked at` : `${progress.percent} %`],
    ['counts', countsOf(replay)],
    ['asked for', fullTime(replay.inserted_at, nowMs)],
    ['started', replay.started_at === null ? 'not yet' : fullTime(replay.started_at, nowMs)],
    ['ended', replay.ended_at === null ? undefined : fullTime(replay.ended_at, nowMs)],
  ]);
}
