import { waitFor } from '../connection/http.js';
import type { IntakeClient, IntakeReply } from '../connection/intake-client.js';
import { CliError } from '../running/cli-error.js';
import type { OutgoingEvent } from './outgoing.js';

export type EventResult =
  | { readonly line: number; readonly status: 'accepted'; readonly prn: string }
  | {
      readonly line: number;
      readonly status: 'rejected';
      readonly errors: Readonly<Record<string, readonly string[]>>;
    }
  /** The intake did not take it, though nothing is wrong with it. */
  | { readonly line: number; readonly status: 'not_taken'; readonly reason: string };

export interface SenderOptions {
  readonly isCompressed: boolean;
  /** Of one batch, before it is given up; each waits as long as the intake asks. */
  readonly maxTries: number;
  readonly onWait: (waitMs: number, reason: string) => void;
  readonly signal: AbortSignal;
}

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 10_000;

/** Sends batches one after the other, and again what the intake was too busy for: no faster than it can take them. */
export class EventSender {
  #hasReached = false;

  constructor(
    private readonly intake: Pick<IntakeClient, 'post'>,
    private readonly options: SenderOptions,
  ) {}

  /** @returns a result for each, in order @throws CliError when nothing answers at all, or all is refused for the key or the form */
  async send(batch: readonly OutgoingEvent[]): Promise<EventResult[]> {
    const results: EventResult[] = [];
    let open = batch;
    let reason = '';
    for (let tries = 1; open.length > 0; tries++) {
      const reply = await this.#post(open);
      if (reply !== undefined) {
        results.push(...resultsOf(open, reply));
        open = open.filter((_, index) => !reply.accepted.has(index) && !reply.rejected.has(index));
      }
      if (open.length === 0) break;
      reason = reply === undefined ? 'the connection was lost' : (reply.problem ?? 'it was left out of the answer');
      const mayTryAgain = reply === undefined || reply.status === 429 || reply.status === 503;
      if (!mayTryAgain || tries >= this.options.maxTries) break;
      await this.#wait(reply?.retryAfterMs ?? Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1)), reason);
    }
    results.push(...open.map(({ line }) => ({ line, status: 'not_taken', reason }) as const));
    return results.toSorted((left, right) => left.line - right.line);
  }

  /** @returns undefined when an intake that was there is there no more */
  async #post(events: readonly OutgoingEvent[]): Promise<IntakeReply | undefined> {
    try {
      const reply = await this.intake.post(
        events.map(({ json }) => json),
        this.options.isCompressed,
      );
      this.#hasReached = true;
      return reply;
    } catch (error) {
      if (this.#hasReached && error instanceof CliError && error.ending === 'unreachable') return undefined;
      throw error;
    }
  }

  async #wait(waitMs: number, reason: string): Promise<void> {
    const { onWait, signal } = this.options;
    onWait(waitMs, reason);
    await waitFor(waitMs, signal);
  }
}

function resultsOf(sent: readonly OutgoingEvent[], reply: IntakeReply): EventResult[] {
  return sent.flatMap(({ line }, index): EventResult[] => {
    const prn = reply.accepted.get(index);
    if (prn !== undefined) return [{ line, status: 'accepted', prn }];
    const errors = reply.rejected.get(index);
    return errors === undefined ? [] : [{ line, status: 'rejected', errors }];
  });
}
