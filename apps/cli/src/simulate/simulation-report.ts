import type { EventResult } from '../events/event-sender.js';
import { fieldLines } from '../connection/refusal.js';
import type { Output } from '../output/output.js';
import { formatDuration } from '../values/duration.js';

const LIVE_EVERY_MS = 500;
const NOTE_EVERY_MS = 10_000;
/** Of what is wrong with events; the rest is only counted. */
const MAX_SHOWN_FAULTS = 5;

/** What a simulation did so far, shown as it goes, and in full at the end. */
export class SimulationReport {
  readonly counts = { accepted: 0, rejected: 0, not_taken: 0 };
  readonly #byName = new Map<string, number>();
  #waits = 0;
  #waitedMs = 0;
  #behindMs = 0;
  #shownAtMs = 0;
  #faults = 0;

  constructor(
    private readonly output: Output,
    private readonly run: { readonly seed: string; readonly startedAtMs: number },
  ) {}

  /** The intake asks for a pause: it is busier than it can be. */
  waits(waitMs: number, reason: string): void {
    this.#waits += 1;
    this.#waitedMs += waitMs;
    this.output.live('');
    this.output.warn(`${reason}; waiting ${formatDuration(waitMs)}`);
  }

  /** @param behindMs since the first of the batch was due */
  sent(batch: readonly { readonly name: string }[], results: readonly EventResult[], behindMs: number): void {
    this.#behindMs = behindMs;
    for (const { name } of batch) this.#byName.set(name, (this.#byName.get(name) ?? 0) + 1);
    for (const result of results) {
      this.counts[result.status] += 1;
      if (result.status === 'rejected' && ++this.#faults <= MAX_SHOWN_FAULTS)
        this.output.warn(`rejected:\n${fieldLines(result.errors)}`);
    }
    const nowMs = Date.now();
    if (nowMs - this.#shownAtMs < (this.output.isLive ? LIVE_EVERY_MS : NOTE_EVERY_MS)) return;
    // Not at once: the first figure would say nothing.
    if (this.#shownAtMs > 0 || this.output.isLive) this.#show();
    this.#shownAtMs = nowMs;
  }

  end(): void {
    this.output.live('');
    const seconds = this.#seconds;
    const document = {
      seed: this.run.seed,
      seconds: Number(seconds.toFixed(3)),
      ...this.counts,
      per_second: Number(this.#perSecond.toFixed(1)),
      waits: this.#waits,
      waited_seconds: this.#waitedMs / 1_000,
      by_type: Object.fromEntries(this.#types),
    };
    this.output.result(document, () => {
      this.output.table(
        [
          { title: 'TYPE', cell: ([name]) => name },
          { title: 'EVENTS', cell: ([, count]) => String(count), align: 'right' },
        ],
        this.#types,
      );
      this.output.line(`\n${this.#words}`);
      this.output.line(
        this.#waits === 0
          ? 'The intake never asked to wait.'
          : `The intake asked ${this.#waits} times to wait, ${formatDuration(this.#waitedMs)} in all.`,
      );
    });
  }

  get #types(): (readonly [name: string, count: number])[] {
    return [...this.#byName].toSorted(([left], [right]) => left.localeCompare(right));
  }

  get #seconds(): number {
    return Math.max(0.001, (Date.now() - this.run.startedAtMs) / 1_000);
  }

  get #perSecond(): number {
    return this.counts.accepted / this.#seconds;
  }

  get #words(): string {
    const { accepted, rejected, not_taken: notTaken } = this.counts;
    const also = `${rejected > 0 ? `, ${rejected} rejected` : ''}${notTaken > 0 ? `, ${notTaken} not taken` : ''}`;
    return `${accepted} accepted${also} in ${formatDuration(this.#seconds * 1_000)}: ${this.#perSecond.toFixed(1)} a second`;
  }

  #show(): void {
    const words = `${this.#words}${this.#behindMs > 1_000 ? `, ${formatDuration(this.#behindMs)} behind` : ''}`;
    if (this.output.isLive) this.output.live(words);
    else this.output.note(words);
  }
}
