import type { BodyOf, Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import { waitFor } from '../connection/http.js';
import { ProgressBar } from '../output/progress-bar.js';
import type { Output } from '../output/output.js';
import type { Ending } from '../running/exit-codes.js';
import type { Invocation } from '../running/invocation.js';
import { apiTime, apiTimeAfter } from '../values/moment.js';
import { countsOf, hasEnded, stateMeaning } from './replay-view.js';

type Replay = Schemas['Replay'];

export type ReplayFilter = NonNullable<BodyOf<'POST /replays'>['filter']>;

export interface ReplayRequest {
  readonly webhook: string;
  readonly source: Schemas['RequestedReplaySource'];
  readonly from: Date;
  readonly to: Date | undefined;
  readonly filter: ReplayFilter;
  readonly ratePerSecond: number | undefined;
  readonly isDryRun: boolean;
}

const POLL_MS = 1_000;

/** Asks for a replay, and follows it to its end if that is wanted. */
export async function startReplay(
  invocation: Invocation,
  request: ReplayRequest,
  isAwaited: boolean,
): Promise<{ replay: Replay; ending: Ending }> {
  const { api } = invocation;
  const { replay: made } = await api.call('POST /replays', {
    body: {
      webhook_prn: await api.prnOf('webhook', request.webhook),
      source: request.source,
      from: apiTime(request.from),
      to: request.to === undefined ? undefined : apiTimeAfter(request.to),
      filter: Object.keys(request.filter).length === 0 ? undefined : request.filter,
      rate_per_second: request.ratePerSecond,
      dry_run: request.isDryRun,
    },
  });
  if (!isAwaited) return { replay: made, ending: 'ok' };
  const replay = await follow(invocation, made);
  return { replay, ending: replay.state === 'completed' ? 'ok' : 'failed' };
}

/** Until it has ended, or somebody or something pauses it. Ctrl-C leaves it running. */
export async function follow(invocation: Invocation, made: Replay): Promise<Replay> {
  const { api, output, signal } = invocation;
  const bar = new ProgressBar(output);
  let replay = made;
  try {
    while (!hasEnded(replay) && replay.state !== 'paused') {
      bar.draw(replay.progress.percent, replay.started_at === null ? 'waiting for its turn' : countsOf(replay));
      await waitFor(POLL_MS, signal);
      ({ replay } = await api.call('GET /replays/{prn}', { path: { prn: replay.prn } }));
    }
  } catch (error) {
    bar.end();
    if (signal.aborted) output.note(`\nThe replay goes on. To end it: fleethook replay cancel ${shortPrn(replay.prn)}`);
    throw error;
  }
  bar.end();
  return replay;
}

export function showOutcome(output: Output, replay: Replay): void {
  output.result({ replay }, () => {
    const state = output.paint(stateMeaning(replay.state), replay.state);
    const reason = replay.reason === null ? '' : ` (${replay.reason})`;
    output.line(`${shortPrn(replay.prn)} ${state}${reason}: ${countsOf(replay)}`);
  });
}
