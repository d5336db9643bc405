import { configKey, decodeConfig, TOPICS, type ConfigMessage, type EncodedRecord } from '@fleethook/messages';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { CompactedTopicReader } from './compacted-topic-reader.js';

export interface ConfigTopicReaderOptions {
  readonly connection: KafkaConnection;
  readonly app: string;
  /** What the key names is new or has changed. */
  readonly onChange: (key: string, message: ConfigMessage) => void;
  /** What the key names is gone. */
  readonly onRemove: (key: string) => void;
  /** The topic's last word on the key is older than what was said before it, and is what compaction will leave: it should be said anew. */
  readonly onOvertaken?: (key: string) => void;
  /** The topic was made anew: forget all; what it holds now follows at once. */
  readonly onReset: () => void;
  /** How often the topic's end is compared with what was applied. Default 30 s. */
  readonly checkIntervalMs?: number;
}

/** Of an idle topic a broker answers four times a second. */
const MAX_SILENCE_MS = 5_000;

type Kind = ConfigMessage['kind'];
const KINDS = ['webhook', 'api_key', 'event_type'] as const satisfies readonly Kind[];

/** Keeps an app's view of `webhook.config` up to date. Adds the readiness probe `configuration`. */
export class ConfigTopicReader {
  readonly #options: ConfigTopicReaderOptions;
  readonly #context: KafkaContext;
  readonly #reader: CompactedTopicReader;
  /** By kind, the version of every key: as little as can be remembered of each of very many. */
  readonly #known: Readonly<Record<Kind, Map<string, number>>> = {
    webhook: new Map(),
    api_key: new Map(),
    event_type: new Map(),
  };
  #started = false;

  constructor(options: ConfigTopicReaderOptions, context: KafkaContext) {
    const { connection, app, checkIntervalMs } = options;
    this.#options = options;
    this.#context = context;
    this.#reader = new CompactedTopicReader(
      {
        connection,
        app,
        topic: TOPICS.config.name,
        onRecord: (record) => this.#onRecord(record),
        onReset: () => this.#onReset(),
        ...(checkIntervalMs === undefined ? {} : { checkIntervalMs }),
      },
      context,
    );
    // Shown before anything is counted: a rule sees no increase in what appears with its first count.
    context.metrics.configUnreadable.inc(0);
    context.readiness.add('configuration', () =>
      this.#started ? undefined : `being read, ${this.#reader.remaining} offsets to go`,
    );
  }

  /** Whether what is written now will be known in a moment: not before the start is over, nor while Kafka is away. */
  get isFollowing(): boolean {
    return this.#started && this.#reader.silentMs < MAX_SILENCE_MS;
  }

  /** Resolves once everything that was there at start has been applied; waits for Kafka as long as it takes. */
  async start(): Promise<void> {
    const startedAtMs = performance.now();
    await this.#reader.start();
    this.#started = true;
    const records = KINDS.reduce((sum, kind) => sum + this.#known[kind].size, 0);
    const tookMs = Math.round(performance.now() - startedAtMs);
    this.#context.log.info({ event: 'config.loaded', records, took_ms: tookMs }, 'configuration loaded');
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #onRecord(record: EncodedRecord): void {
    const key = record.key ?? '';
    try {
      const message = decodeConfig(record);
      if (message === null) this.#remove(key);
      else this.#change(key, message);
    } catch (error) {
      // One unreadable record, or one that the app cannot use, must not keep the rest from it.
      this.#context.metrics.configUnreadable.inc();
      this.#context.log.error({ event: 'config.unreadable', key, error }, 'a configuration record was left out');
    }
  }

  #change(key: string, message: ConfigMessage): void {
    const versions = this.#known[message.kind];
    const known = versions.get(key);
    // The order of the topic is not the order of changes when a paused writer wakes up.
    if (known !== undefined && message.version < known) return this.#options.onOvertaken?.(key);
    // The message's own text of the key, where it is the same: whoever keeps the message keeps that one, too.
    const own = configKey(message);
    versions.set(own === key ? own : key, message.version);
    this.#gauge(message.kind);
    this.#options.onChange(key, message);
  }

  #remove(key: string): void {
    for (const kind of KINDS) if (this.#known[kind].delete(key)) this.#gauge(kind);
    this.#options.onRemove(key);
  }

  #onReset(): void {
    for (const kind of KINDS) {
      this.#known[kind].clear();
      this.#gauge(kind);
    }
    this.#options.onReset();
  }

  #gauge(kind: Kind): void {
    this.#context.metrics.configRecords.set({ kind }, this.#known[kind].size);
  }
}
