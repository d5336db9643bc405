import type { Command } from 'commander';
import type { Schemas } from '@fleethook/contract';
import { waitFor } from '../connection/http.js';
import { CliError } from '../running/cli-error.js';
import type { Ending } from '../running/exit-codes.js';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action, type Invocation } from '../running/invocation.js';
import { intervalOption, parseDurationMs } from '../values/duration.js';
import { showPipeline } from './pipeline-view.js';

type Pipeline = Schemas['Pipeline'];

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
      .addOption(intervalOption(program, 'between two looks of --watch', DEFAULT_INTERVAL_MS))
      .option('--fail-above <duration>', 'end with 1 when something is past due for longer', parseDurationMs)
      .action(action<[LagOptions]>(host, lag)),
    'fleethook lag --fail-above 1m',
  );
}

async function lag(invocation: Invocation, options: LagOptions): Promise<Ending> {
  const { output, signal } = invocation;
  if (options.watch !== true) {
    const pipeline = await look(invocation);
    output.result(pipeline, () => showPipeline(output, pipeline));
    return endingOf(pipeline, options);
  }
  let pipeline: Pipeline | undefined;
  try {
    for (;;) {
      const seen = await look(invocation);
      output.record(seen, () => {
        output.line(`${pipeline === undefined ? '' : '\n'}${output.paint('faint', seen.generated_at)}`);
        showPipeline(output, seen);
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
  if (failAbove === undefined) return 'ok';
  // What could not be looked at is not known to be in time.
  const isInTime = pipeline.past_due_seconds !== null && pipeline.past_due_seconds * 1_000 <= failAbove;
  return isInTime ? 'ok' : 'failed';
}

async function look({ api }: Invocation): Promise<Pipeline> {
  try {
    return (await api.call('GET /pipeline', {})).data;
  } catch (error) {
    if (!(error instanceof CliError) || error.ending !== 'not_found') throw error;
    throw new CliError('not_found', `${api.url} does not tell the state of its pipeline.`, {
      hint: 'Is it an older Fleethook? Its metrics say the same: see docs/metrics.md.',
      cause: error,
    });
  }
}
