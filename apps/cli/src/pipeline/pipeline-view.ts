import type { Schemas } from '@fleethook/contract';
import type { Output } from '../output/output.js';
import { formatDuration } from '../values/duration.js';

const UNKNOWN = 'Not known: Kafka could not be asked.';

export function showPipeline(output: Output, pipeline: Schemas['Pipeline']): void {
  const { past_due_seconds: pastDue, open_breakers: open, history_lag_seconds: history } = pipeline;
  output.facts([
    ['past due', pastDueWords(pastDue), pastDue === 0 ? 'good' : 'bad'],
    ['open breakers', open === null ? undefined : String(open), open === 0 ? 'good' : 'warning'],
    ['history behind', history === null ? undefined : formatDuration(history * 1_000)],
  ]);
  output.line();
  output.table(
    [
      { title: 'GROUP', cell: ({ group }) => group, canShrink: true },
      { title: 'TOPIC', cell: ({ topic }) => topic, canShrink: true },
      { title: 'PARTITIONS', cell: ({ partitions }) => String(partitions), align: 'right' },
      { title: 'RECORDS BEHIND', cell: ({ records }) => String(records), align: 'right' },
    ],
    pipeline.lag ?? [],
    pipeline.lag === null ? UNKNOWN : undefined,
  );
  output.line();
  output.table(
    [
      { title: 'RETRY TIER', cell: ({ tier }) => tier },
      { title: 'WAITING', cell: ({ waiting }) => String(waiting), align: 'right' },
      {
        title: 'PAST DUE',
        align: 'right',
        cell: ({ past_due_seconds: seconds }) =>
          seconds === 0 ? '-' : { text: formatDuration(seconds * 1_000), meaning: 'bad' },
      },
    ],
    pipeline.tiers ?? [],
    pipeline.tiers === null ? UNKNOWN : undefined,
  );
}

function pastDueWords(seconds: number | null): string {
  if (seconds === null) return 'not known';
  return seconds === 0 ? 'nothing' : formatDuration(seconds * 1_000);
}
