import { PlaceTexts } from '../../client/protocol/place-texts.js';
import type { Committable, OffsetToCommit } from '../../window/commit-loop.js';
import { encodeMetadata, type OwnerMark } from '../../window/commit-metadata.js';
import type { Handover, LogRange, TopicPartition } from '../../window/handover.js';
import { PartitionWindow } from '../../window/partition-window.js';
import { HandlerQueue } from './handler-queue.js';
import { bytesOf, recordOf, type KafkaRecordEntry, type RecordOwner } from '../kafka-record-entry.js';
import type { FetchedBatch, PartitionContext } from './partition-context.js';

/**
 * `waiting` for its last owner, `claiming` with a first commit, `open`, or `checking` where the log begins.
 * The window's phase says apart from that whether the partition is still ours.
 */
type Stage = 'waiting' | 'claiming' | 'open' | 'checking';

const ABANDONED_PAUSE_MS = 1_000;
const CHECK_PAUSE_MS = 1_000;

/** One partition in one assignment: takes what is fetched, hands it on, and knows what may be committed. */
export class OwnedPartition implements Committable, RecordOwner, TopicPartition {
  #window: PartitionWindow | undefined;
  #stage: Stage = 'waiting';
  #isClaimSent = false;
  #isPaused = true;
  #forwardUntilMs = Infinity;
  readonly texts = new PlaceTexts();
  readonly #queue: HandlerQueue;
  /** Asked to begin while nobody could say whether they are ours; bounded by the window. */
  readonly #heldBack = new Set<KafkaRecordEntry>();
  /** What was begun, and would be forwarded if it were known to be ours. */
  #undecided: (() => void)[] = [];

  constructor(
    private readonly context: PartitionContext<OwnedPartition>,
    /** With the prefix, as Kafka knows it. */
    readonly topic: string,
    readonly partition: number,
    /** Without, as apps know it. */
    readonly topicName: string,
  ) {
    this.#queue = new HandlerQueue({
      handle: (records) => context.handle({ topic: topicName, partition, records }),
      isWaiting: (record) => this.#window?.isWaiting(record.sequence) === true,
      onFailure: (error, retryInMs) => context.onHandlerFailure(this, error, retryInMs),
      scheduler: context.scheduler,
    });
  }

  get window(): PartitionWindow | undefined {
    return this.#window;
  }

  get inFlight(): number {
    return this.#window?.inFlight ?? 0;
  }

  /** Not fetched because its window is full, or was and is not half free yet. */
  get isPaused(): boolean {
    return this.#isPaused && this.#stage === 'open';
  }

  /** Its last owner has let go: claim it. Nothing is dispatched before the claim is committed. */
  start(handover: Pick<Handover, 'position' | 'settledBefore'>): void {
    this.#window = new PartitionWindow(this.context.limits, handover.position, handover.settledBefore);
    this.#stage = 'claiming';
    this.#window.markDirty();
    this.context.commits.soon();
  }

  /** The group has joined anew and the partition is still ours: the client has forgotten its place and its pauses. */
  keep(): void {
    const window = this.#window;
    window?.markDirty();
    this.#isPaused = !this.#mayFetch();
    if (this.#isPaused) this.context.flow.pause(this);
    else this.context.flow.resume(this);
    if (window !== undefined) this.context.flow.seek(this, window.position);
    this.onMemberConfirmed();
  }

  take(batch: FetchedBatch): void {
    const window = this.#window;
    if (window === undefined || !this.#isTaking(window) || batch.isOutdated || window.isFull()) return;
    // A batch of an earlier assignment: taking it would lose a gap.
    if (batch.fetchedOffset > window.position || batch.highWatermark < window.position) return this.#check();
    const records: KafkaRecordEntry[] = [];
    const takenAtMs = this.context.scheduler.now();
    let isCutShort = false;
    for (const message of batch.messages) {
      const offset = Number(message.offset);
      if (offset < window.position) continue;
      if (window.isFull()) {
        isCutShort = true;
        break;
      }
      if (window.isSettledBefore(offset)) window.skipTo(offset + 1);
      else {
        const sequence = window.take(offset, bytesOf(message), takenAtMs, Number(message.timestamp));
        records.push(recordOf(this, message, offset, sequence));
      }
    }
    // As the client does: control records behind the last message are passed with it.
    if (!isCutShort) window.skipTo(batch.lastOffset + 1);
    batch.resolveOffset(window.position - 1);
    if (window.isFull()) this.#pause();
    this.#queue.push(records);
  }

  /**
   * The client passed over a batch without showing it, since nothing in it was a record: control or aborted records.
   * @param firstOffset null when all of it lay below what was asked for
   */
  passOver(firstOffset: number | null, lastOffset: number): void {
    const window = this.#window;
    if (window === undefined || !this.#isTaking(window)) return;
    // Only what adjoins our position is known to hold nothing.
    if (firstOffset === null ? lastOffset === window.position : firstOffset <= window.position)
      window.skipTo(lastOffset + 1);
  }

  begin(record: KafkaRecordEntry): boolean {
    if (this.context.isSurelyMember()) return this.#window?.begin(record.sequence) === true;
    if (this.#window?.isWaiting(record.sequence) === true) this.#heldBack.add(record);
    return false;
  }

  /** The brokers have spoken: as a rule we are a member, and have been all the time. */
  onMemberConfirmed(): void {
    if (!this.context.isSurelyMember()) return;
    this.#decide();
    if (this.#heldBack.size === 0) return;
    const records = [...this.#heldBack];
    this.#heldBack.clear();
    this.#queue.push(records);
  }

  settle(sequence: number): void {
    const window = this.#window;
    if (window?.settle(sequence) !== true) return;
    if (window.phase === 'detached') return this.context.onZombie('settled');
    this.context.commits.countSettled();
    if (window.phase !== 'open') this.#noteQuiet(window);
    else if (this.#isPaused && this.#stage === 'open' && window.isHalfFree()) this.#resume();
  }

  abandon(record: KafkaRecordEntry): void {
    const window = this.#window;
    if (window?.abandon(record.sequence) !== true) return;
    if (window.phase === 'detached') this.context.onZombie('abandoned');
    else if (window.phase !== 'open') this.#noteQuiet(window);
    // We are its next owner.
    else this.context.scheduler.after(ABANDONED_PAUSE_MS, () => this.#queue.push([record]));
  }

  get mayForward(): boolean {
    if (this.#window === undefined || this.#window.phase === 'detached') return false;
    return this.#forwardUntilMs === Infinity || this.context.scheduler.now() < this.#forwardUntilMs;
  }

  /**
   * A member that stood still may have an heir that repeats all it had in flight. Or all were cut off alike, and there is none: so nothing is
   * given up before the brokers have spoken.
   */
  onceSure(decide: () => void): void {
    const isLost = this.#window === undefined || this.#window.phase === 'detached';
    if (isLost || this.context.isSurelyMember()) decide();
    else this.#undecided.push(decide);
  }

  /** The group gave it to another member while we are still one: what is in flight may end, then it is released. */
  release(): void {
    this.#queue.stop();
    const window = this.#window;
    if (window === undefined) return this.context.onGone(this);
    window.enter('releasing');
    // A release without a claim of ours could wipe out the claim of the next owner.
    if (this.#stage === 'claiming' && !this.#isClaimSent) return this.detach();
    window.markDirty();
    this.#forwardUntilMs = this.context.scheduler.now() + this.context.graceMs;
    this.context.scheduler.after(this.context.graceMs, () => this.detach());
    this.#noteQuiet(window);
  }

  /** Others may have owned it by now: nothing is committed any more, and nothing forwarded. */
  detach(): void {
    this.#queue.stop();
    if (this.#window?.phase === 'detached') return;
    this.#window?.enter('detached');
    this.#forwardUntilMs = -Infinity;
    this.context.onGone(this);
    this.#decide();
  }

  /** Nothing new begins; once nothing is in flight its commits say so. */
  drain(): void {
    this.#queue.stop();
    this.#pause();
    if (this.#window?.phase !== 'open') return;
    this.#window.enter('draining');
    this.#noteQuiet(this.#window);
  }

  prepareCommit(): OffsetToCommit | undefined {
    const window = this.#window;
    if (window === undefined || !window.isDirty || window.phase === 'detached') return undefined;
    const isQuiet = window.inFlight === 0;
    if (window.phase === 'releasing' && (!isQuiet || this.#stage === 'claiming')) return undefined;
    this.#isClaimSent = this.#stage === 'claiming';
    const mark: OwnerMark = window.phase !== 'open' && isQuiet ? 'released' : 'owned';
    window.clearDirty();
    return {
      topic: this.topic,
      partition: this.partition,
      offset: window.commitOffset,
      metadata: encodeMetadata(mark, window.settledBitmap()),
    };
  }

  onCommitted(committed: OffsetToCommit): void {
    const window = this.#window;
    if (window === undefined || window.phase === 'detached') return;
    if (this.#stage === 'claiming') {
      this.#stage = 'open';
      if (window.phase === 'open') this.#goOn(window);
      else this.#noteQuiet(window);
    } else if (window.phase === 'releasing' && committed.metadata.startsWith('r:')) this.detach();
  }

  onCommitFailed(): void {
    this.#isClaimSent = false;
    if (this.#stage === 'claiming' && this.#window?.phase === 'releasing') this.detach();
    else this.#window?.markDirty();
  }

  /** Our position and what was fetched do not meet. Ask where the log begins and ends before going back: it may not hold our place. */
  #check(): void {
    this.#stage = 'checking';
    this.#pause();
    this.context.readLogRange(this).then(
      (range) => this.#onRange(range),
      (error: unknown) => {
        this.context.onCheckFailure(this, error);
        this.context.scheduler.after(CHECK_PAUSE_MS, () => this.#onRange(undefined));
      },
    );
  }

  #onRange(range: LogRange | undefined): void {
    const window = this.#window;
    if (window?.phase !== 'open' || this.#stage !== 'checking') return;
    this.#stage = 'open';
    if (range !== undefined && window.position > range.high) return this.context.onRecreated(this, range);
    if (range !== undefined && window.position < range.low) {
      this.context.onExpired(this, range.low - window.position);
      window.skipTo(range.low);
    }
    this.#goOn(window);
  }

  #goOn(window: PartitionWindow): void {
    this.context.flow.seek(this, window.position);
    if (!window.isFull()) this.#resume();
  }

  /** Apart from whoever tells us, who has other partitions to tell. */
  #decide(): void {
    for (const decide of this.#undecided.splice(0)) queueMicrotask(decide);
  }

  #isTaking(window: PartitionWindow): boolean {
    return this.#stage === 'open' && window.phase === 'open';
  }

  /** After a join a window that is more than half full would have to wait for its next settle: it may as well be fetched. */
  #mayFetch(): boolean {
    const window = this.#window;
    return window !== undefined && this.#isTaking(window) && !window.isFull();
  }

  #noteQuiet(window: PartitionWindow): void {
    if (window.inFlight > 0) return;
    window.markDirty();
    this.context.commits.soon();
    this.context.onQuiet();
  }

  #pause(): void {
    this.#isPaused = true;
    this.context.flow.pause(this);
  }

  #resume(): void {
    this.#isPaused = false;
    this.context.flow.resume(this);
  }
}
