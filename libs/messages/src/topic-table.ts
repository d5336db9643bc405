/** The one table of topics: set-up, drift check and `docs/topics.md` are made from it. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KIB = 1_024;
const MIB = 1_024 * KIB;

/** The largest event that intake accepts, normalised. */
export const MAX_EVENT_BYTES = 256 * KIB;

export interface TopicSpec {
  readonly name: string;
  /** What the key is, in words. */
  readonly key: string;
  readonly holds: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** Undefined for a compacted topic: its latest values stay. */
  readonly retentionMs: number | undefined;
  /** Further topic settings, by Kafka's names. */
  readonly settings: Readonly<Record<string, string>>;
}

// Downstream topics must take what upstream took plus headers, or a record could be accepted and then be stuck.
const EVENT_MAX_MESSAGE_BYTES = MAX_EVENT_BYTES + 64 * KIB;
const DELIVERY_MAX_MESSAGE_BYTES = EVENT_MAX_MESSAGE_BYTES + 64 * KIB;

// Retention works on whole segments: without these a segment would wait for a week or a GiB before it can go.
const SEGMENTS = { 'segment.ms': String(6 * HOUR_MS), 'segment.bytes': String(128 * MIB) };

/**
 * Retention goes by the times of records: by a producer's clock that is days behind, what it writes would be deleted within minutes. In
 * `fleet.events` they stay the producers', whose word counts there.
 */
const BROKERS_TIME = { 'message.timestamp.type': 'LogAppendTime' };

export const TOPICS = {
  events: {
    name: 'fleet.events',
    key: 'device PRN, else organization PRN',
    holds: 'the event, normalised; its PRN and name repeated in headers',
    partitions: 12,
    cleanup: 'delete',
    retentionMs: 7 * DAY_MS,
    // The broker recodes whatever arrives: what a direct producer packs with snappy or lz4 nobody here can unpack, and it would all be parked.
    settings: { ...SEGMENTS, 'max.message.bytes': String(4 * MIB), 'compression.type': 'zstd' },
  },
  config: {
    name: 'webhook.config',
    key: 'PRN of what it describes',
    holds: 'what the data plane needs to know: webhooks (secrets sealed), API keys (hashed), registered event types',
    partitions: 1,
    cleanup: 'compact',
    retentionMs: undefined,
    settings: {
      'segment.ms': String(HOUR_MS),
      'segment.bytes': String(16 * MIB),
      'min.cleanable.dirty.ratio': '0.1',
      // Bounds how long a rolled secret or a revoked key stays on disk.
      'max.compaction.lag.ms': String(DAY_MS),
      'delete.retention.ms': String(DAY_MS),
      'max.message.bytes': String(2 * MIB),
    },
  },
  deliveries: {
    name: 'webhook.deliveries',
    key: 'webhook PRN (and lane)',
    holds: 'one event for one webhook: body bytes, attempt number, deadline',
    partitions: 24,
    cleanup: 'delete',
    retentionMs: 4 * DAY_MS,
    settings: { ...SEGMENTS, ...BROKERS_TIME, 'max.message.bytes': String(4 * MIB) },
  },
  attempts: {
    name: 'webhook.attempts',
    key: 'webhook PRN',
    holds:
      'one record per attempt: outcome, status, latency, response excerpt, what comes next; circuit breakers that opened or closed',
    partitions: 12,
    cleanup: 'delete',
    retentionMs: 7 * DAY_MS,
    settings: { ...SEGMENTS, ...BROKERS_TIME, 'max.message.bytes': String(4 * MIB) },
  },
  dead: {
    name: 'webhook.dead',
    key: 'webhook PRN',
    holds:
      'deliveries that ended undelivered, with the reason and the last outcome; undecodable records with where they came from',
    partitions: 6,
    cleanup: 'delete',
    retentionMs: 30 * DAY_MS,
    settings: { ...SEGMENTS, ...BROKERS_TIME, 'max.message.bytes': String(4 * MIB) },
  },
} as const satisfies Record<string, TopicSpec>;

export type TopicName = keyof typeof TOPICS;

/** One retry topic per delay: each is then in due order and only its head need be watched. */
export function retryTopic(delayMs: number): TopicSpec {
  return {
    name: `webhook.retry.${delayText(delayMs)}`,
    key: 'webhook PRN (and lane)',
    holds: `deliveries that are not due before ${delayText(delayMs)} after they were appended`,
    partitions: 6,
    cleanup: 'delete',
    retentionMs: delayMs + 3 * DAY_MS + DAY_MS,
    settings: {
      'segment.ms': String(6 * HOUR_MS),
      'segment.bytes': String(128 * MIB),
      'max.message.bytes': String(4 * MIB),
      // Due times follow it: monotone per partition, whatever the producers' clocks say.
      ...BROKERS_TIME,
    },
  };
}

export interface RetryDelay {
  readonly delayMs: number;
  /** `5s`, `12h`. */
  readonly label: string;
}

const RETRY_TOPIC = /^webhook\.retry\.((\d{1,12})(ms|s|m|h))$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: MINUTE_MS, h: HOUR_MS };

/** How long what is in a topic waits there; undefined for any other topic. A delay can be written in several ways, but its topic has one name. */
export function retryDelayOf(topic: string): RetryDelay | undefined {
  const [, label, count, unit = ''] = RETRY_TOPIC.exec(topic) ?? [];
  if (label === undefined) return undefined;
  const delayMs = Number(count) * (UNIT_MS[unit] ?? 0);
  return retryTopic(delayMs).name === topic ? { delayMs, label } : undefined;
}

function delayText(delayMs: number): string {
  for (const [unit, unitMs] of [
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
    ['s', 1_000],
  ] as const) {
    if (delayMs % unitMs === 0) return `${delayMs / unitMs}${unit}`;
  }
  return `${delayMs}ms`;
}

/** The largest value a record of the delivery topics may have; what is larger can never be delivered. */
export const MAX_DELIVERY_RECORD_BYTES = DELIVERY_MAX_MESSAGE_BYTES;
