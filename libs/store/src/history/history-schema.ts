/**
 * The history: what became of every delivery. Both tables are partitioned by UTC day (history-partitions.ts makes and drops the days).
 *
 * Few indexes, since every attempt pays for each. The keys begin with a time that is near "now" for fresh rows, so that inserts touch
 * the same few pages; the only scattered one is `deliveries_by_id`. PRNs are stored as the UUIDs they are made of.
 */
export const CREATE_HISTORY: readonly string[] = [
  `CREATE TABLE attempts (
    accepted_at timestamptz(3) NOT NULL,
    delivery_id uuid NOT NULL,
    series text NOT NULL,
    attempt integer NOT NULL,
    started_at timestamptz(3) NOT NULL,
    webhook uuid NOT NULL,
    latency_ms real NOT NULL,
    outcome text NOT NULL,
    stage text,
    status integer,
    address text,
    excerpt text,
    detail text,
    next_tier text,
    next_due_at timestamptz(3),
    dead_reason text,
    PRIMARY KEY (accepted_at, delivery_id, series, attempt, started_at)
  ) PARTITION BY RANGE (started_at)`,
  `CREATE TABLE deliveries (
    organization uuid NOT NULL,
    webhook uuid NOT NULL,
    accepted_at timestamptz(3) NOT NULL,
    delivery_id uuid NOT NULL,
    series text NOT NULL,
    event uuid NOT NULL,
    name text NOT NULL,
    attempt_count integer NOT NULL,
    last_attempted_at timestamptz(3),
    outcome text,
    response_status integer,
    delivered_at timestamptz(3),
    next_attempt_at timestamptz(3),
    dead_at timestamptz(3),
    dead_reason text,
    PRIMARY KEY (webhook, accepted_at, delivery_id, series)
  ) PARTITION BY RANGE (accepted_at)`,
  'CREATE INDEX deliveries_by_id ON deliveries (delivery_id)',
  // Most deliveries end at the first attempt: these two hold only the others.
  `CREATE INDEX deliveries_pending ON deliveries (webhook, accepted_at, delivery_id, series)
    WHERE delivered_at IS NULL AND dead_at IS NULL`,
  `CREATE INDEX deliveries_failed ON deliveries (webhook, accepted_at, delivery_id, series)
    WHERE delivered_at IS NULL AND dead_at IS NOT NULL`,
];

export const DROP_HISTORY: readonly string[] = ['DROP TABLE deliveries', 'DROP TABLE attempts'];
