/**
 * Every event that was accepted, and what lists and counts of events read. Partitioned by UTC day, like the rest of the history.
 *
 * Lists are in the order of `inserted_at`, the time that the event bears, then of the event: each filter has an index that ends in
 * those two, so that a page is a walk of one index whatever is asked for. Fresh rows touch the same few pages of most of them; the
 * scattered ones are those by device and by identifier. MERGE_EVENT_KEYS has since changed the first two of what follows.
 *
 * `body` is the normalised envelope, the bytes that are signed. `actor` and `resource` are null where both are the device.
 */
export const CREATE_EVENTS: readonly string[] = [
  `CREATE TABLE events (
    organization uuid NOT NULL,
    accepted_at timestamptz(3) NOT NULL,
    event uuid NOT NULL,
    name text NOT NULL,
    inserted_at timestamptz(3) NOT NULL,
    device uuid,
    identifier text,
    cohort uuid,
    product uuid,
    tags text[],
    actor text,
    resource text,
    body bytea NOT NULL,
    PRIMARY KEY (organization, accepted_at, event)
  ) PARTITION BY RANGE (accepted_at)`,
  // Large bodies are compressed; lz4 takes a fraction of the default's time, but not every PostgreSQL was built with it.
  `DO $$ BEGIN
    ALTER TABLE events ALTER COLUMN body SET COMPRESSION lz4;
  EXCEPTION WHEN feature_not_supported THEN NULL;
  END $$`,
  'CREATE INDEX events_by_event ON events (event)',
  'CREATE INDEX events_by_time ON events (organization, inserted_at, event) INCLUDE (device)',
  'CREATE INDEX events_by_name ON events (organization, name, inserted_at, event)',
  'CREATE INDEX events_by_device ON events (organization, device, inserted_at, event) WHERE device IS NOT NULL',
  'CREATE INDEX events_by_identifier ON events (organization, identifier, inserted_at, event) WHERE identifier IS NOT NULL',
  'CREATE INDEX events_by_cohort ON events (cohort, inserted_at, event) WHERE cohort IS NOT NULL',
  'CREATE INDEX events_by_actor ON events (organization, actor, inserted_at, event) WHERE actor IS NOT NULL',
  'CREATE INDEX events_by_resource ON events (organization, resource, inserted_at, event) WHERE resource IS NOT NULL',
  // An array cannot be walked in the order of a list; few events bear tags.
  `CREATE TABLE event_tags (
    organization uuid NOT NULL,
    tag text NOT NULL,
    inserted_at timestamptz(3) NOT NULL,
    event uuid NOT NULL,
    accepted_at timestamptz(3) NOT NULL,
    PRIMARY KEY (organization, tag, inserted_at, event, accepted_at)
  ) PARTITION BY RANGE (accepted_at)`,
  // The names that an organization's events have had: a category is the union of its names.
  `CREATE TABLE event_names (
    organization uuid NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (organization, name)
  )`,
];

/** Counted in the statement that writes the rows: a row that was there already does not count. `bucket` is the start of an hour. */
export const CREATE_COUNTS: readonly string[] = [
  `CREATE TABLE event_counts (
    organization uuid NOT NULL,
    dimension text NOT NULL,
    bucket timestamptz(0) NOT NULL,
    key text NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (organization, dimension, bucket, key)
  ) PARTITION BY RANGE (bucket)`,
  `CREATE TABLE attempt_counts (
    organization uuid NOT NULL,
    bucket timestamptz(0) NOT NULL,
    webhook uuid NOT NULL,
    name text NOT NULL,
    outcome text NOT NULL,
    attempts bigint NOT NULL,
    PRIMARY KEY (organization, bucket, webhook, name, outcome)
  ) PARTITION BY RANGE (bucket)`,
  // The busiest devices of each day that has passed; there are too many devices to count each one with every event.
  `CREATE TABLE busy_devices (
    organization uuid NOT NULL,
    bucket timestamptz(0) NOT NULL,
    device uuid NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (organization, bucket, device)
  ) PARTITION BY RANGE (bucket)`,
];

/** What the lists of deliveries need beyond `history-schema.ts`: of an event, of an organization, by event name, by outcome. */
export const INDEX_DELIVERIES: readonly string[] = [
  'CREATE INDEX deliveries_by_event ON deliveries (event)',
  'CREATE INDEX deliveries_by_time ON deliveries (organization, accepted_at, delivery_id, series)',
  'CREATE INDEX deliveries_by_name ON deliveries (organization, name, accepted_at, delivery_id, series)',
  'CREATE INDEX deliveries_by_webhook_name ON deliveries (webhook, name, accepted_at, delivery_id, series)',
  `CREATE INDEX deliveries_all_pending ON deliveries (organization, accepted_at, delivery_id, series)
    WHERE delivered_at IS NULL AND dead_at IS NULL`,
  `CREATE INDEX deliveries_all_failed ON deliveries (organization, accepted_at, delivery_id, series)
    WHERE delivered_at IS NULL AND dead_at IS NOT NULL`,
  `CREATE INDEX deliveries_by_outcome ON deliveries (webhook, outcome, accepted_at, delivery_id, series)
    WHERE delivered_at IS NULL`,
  `CREATE INDEX deliveries_all_by_outcome ON deliveries (organization, outcome, accepted_at, delivery_id, series)
    WHERE delivered_at IS NULL`,
];

/** The key begins with the event, so that it also finds one by its name alone. */
export const MERGE_EVENT_KEYS: readonly string[] = [
  'ALTER TABLE events DROP CONSTRAINT events_pkey, ADD PRIMARY KEY (event, accepted_at, organization)',
  'DROP INDEX events_by_event',
];

export const SPLIT_EVENT_KEYS: readonly string[] = [
  'CREATE INDEX events_by_event ON events (event)',
  'ALTER TABLE events DROP CONSTRAINT events_pkey, ADD PRIMARY KEY (organization, accepted_at, event)',
];

export const DROP_EVENTS: readonly string[] = [
  `DROP INDEX deliveries_by_event, deliveries_by_time, deliveries_by_name, deliveries_by_webhook_name, deliveries_all_pending,
    deliveries_all_failed, deliveries_by_outcome, deliveries_all_by_outcome`,
  'DROP TABLE busy_devices, attempt_counts, event_counts',
  'DROP TABLE event_names, event_tags, events',
];
