import type { Command } from 'commander';
import { waitFor } from '../connection/http.js';
import { CliError } from '../running/cli-error.js';
import type { Ending } from '../running/exit-codes.js';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action, type Invocation } from '../running/invocation.js';
import type { Output } from '../output/output.js';
import { formatDuration, durationOption, parseDurationMs } from '../values/duration.js';

/** `GET /pipeline`. */
interface Pipeline {
  readonly generated_at: string;
  readonly past_due_seconds: number;
  readonly tiers: readonly { readonly tier: string; readonly waiting: number; readonly past_due_seconds: number }[];
  readonly lag: readonly {
    readonly group: string;
    readonly topic: string;
    readonly partitions: number;
    readonly records: number;
  }[];
  readonly open_breakers: number | null;
  readonly history_lag_seconds: number | null;
}

interface LagOptions {
  readonly watch?: boolean;
  readonly interval: number;
  readonly failAbove?: number;
}

const DEFAULT_INTERVAL_MS = 2_000;

export function addLag(program: Command, host: Host): void {
  examples(
    program
      .command('lag')
      .description('How far behind the pipeline is: what waits where, and what is past due.')
      .option('--watch', 'again and again, until Ctrl-C')
      .addOption(durationOption(program, '--interval <duration>', 'between two looks of --watch', DEFAULT_INTERVAL_MS))
      .option('--fail-above <duration>', 'end with 1 when something is past due for longer', parseDurationMs)
      .action(action<[LagOptions]>(host, lag)),
    'fleethook lag --fail-above 1m',
  );
}

async function lag(invocation: Invocation, options: LagOptions): Promise<Ending> {
  const { output, signal } = invocation;
  if (options.watch !== true) {
    const pipeline = await look(invocation);
    output.result(pipeline, () => show(output, pipeline));
    return endingOf(pipeline, options);
  }
  let pipeline: Pipeline | undefined;
  try {
    for (;;) {
      const seen = await look(invocation);
      output.record(seen, () => {
        output.line(`${pipeline === undefined ? '' : '\n'}${output.paint('faint', seen.generated_at)}`);
        show(output, seen);
      });
      pipeline = seen;
      await waitFor(options.interval, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return pipeline === undefined ? 'interrupted' : endingOf(pipeline, options);
}

function endingOf(pipeline: Pipeline, options: LagOptions): Ending {
  const { failAbove } = options;
  return failAbove !== undefined && pipeline.past_due_seconds * 1_000 > failAbove ? 'failed' : 'ok';
}

async function look({ api }: Invocation): Promise<Pipeline> {
  try {
    return (await api.get('/pipeline'))['data'] as Pipeline;
  } catch (error) {
    if (!(error instanceof CliError) || error.ending !== 'not_found') throw error;
    throw new CliError('not_found', `${api.url} does not tell the state of its pipeline.`, {
      hint: 'Is it an older Fleethook? Its metrics say the same: see docs/metrics.md.',
      cause: error,
    });
  }
}

function show(output: Output, pipeline: Pipeline): void {
  const { past_due_seconds: pastDue, open_breakers: open, history_lag_seconds: history } = pipeline;
  output.facts([
    ['past due', pastDue === 0 ? 'nothing' : formatDuration(pastDue * 1_000), pastDue === 0 ? 'good' : 'bad'],
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
    pipeline.lag,
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
    pipeline.tiers,
  );
}
