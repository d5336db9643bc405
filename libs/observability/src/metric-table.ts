import { counter, gauge, histogram } from './metric.js';

const LATENCY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
const WAIT_SECONDS = [...LATENCY_SECONDS, 300, 1_800, 7_200, 28_800, 86_400, 259_200] as const;

/** Every metric there is. Base units; labels of bounded size only: never a webhook, a device, an organization or a URL. */
export const METRIC_TABLE = {
  // Intake
  ingestEvents: counter(
    'fleethook_ingest_events_total',
    'Events offered to the intake, by result (accepted, rejected, unavailable)',
    ['result'],
  ),
  ingestRequests: counter(
    'fleethook_ingest_requests_total',
    'Intake requests by HTTP status. 5xx: Kafka is away or too slow',
    ['status'],
  ),
  ingestRequestDuration: histogram(
    'fleethook_ingest_request_duration_seconds',
    'Intake request, until Kafka acknowledged',
    LATENCY_SECONDS,
  ),
  ingestQueuedBytes: gauge(
    'fleethook_ingest_queued_bytes',
    'Events waiting for Kafka. Near INGEST_MAX_QUEUED: intake will answer 503',
  ),
  // Router
  routerEvents: counter('fleethook_router_events_total', 'Events routed, by result (matched, unmatched, parked)', [
    'result',
  ]),
  routerDeliveries: counter('fleethook_router_deliveries_total', 'Deliveries written to Kafka'),
  routerFiltered: counter(
    'fleethook_router_filtered_total',
    'Deliveries that were not made: the webhook named the event, and its filter kept it away',
  ),
  // Configuration topic
  configRecords: gauge('fleethook_config_records', 'Configuration held in memory, by kind', ['kind']),
  configLagRecords: gauge(
    'fleethook_config_lag_records',
    'Configuration records not applied yet. Above 0 for long: changes do not arrive',
  ),
  configUnreadable: counter(
    'fleethook_config_unreadable_total',
    'Configuration records that could not be read. Any: look at the log',
  ),
  // Delivery
  attempts: counter('fleethook_delivery_attempts_total', 'Attempts by outcome, first tries apart from retries', [
    'outcome',
    'try',
  ]),
  attemptDuration: histogram(
    'fleethook_delivery_attempt_duration_seconds',
    'Whole attempt. p99 near the time-out: receivers hang',
    LATENCY_SECONDS,
    ['outcome'],
  ),
  attemptsInFlight: gauge(
    'fleethook_delivery_attempts_in_flight',
    'Attempts running now. At DELIVERY_CONCURRENCY: the process is full',
  ),
  eventToFirstAttempt: histogram(
    'fleethook_delivery_first_attempt_delay_seconds',
    'From intake to the first attempt',
    LATENCY_SECONDS,
  ),
  eventToDelivered: histogram(
    'fleethook_delivery_success_delay_seconds',
    'From intake to a successful attempt',
    WAIT_SECONDS,
  ),
  deferred: counter('fleethook_delivery_deferred_total', 'Deliveries put off without an attempt, by reason', [
    'reason',
  ]),
  retried: counter('fleethook_delivery_retries_scheduled_total', 'Failed attempts parked in a retry tier', ['tier']),
  dead: counter('fleethook_delivery_dead_total', 'Deliveries given up, by reason. Any: an endpoint lost events', [
    'reason',
  ]),
  lanes: gauge('fleethook_delivery_lanes', 'Webhooks with deliveries waiting or in flight'),
  openBreakers: gauge(
    'fleethook_delivery_open_breakers',
    'Lanes whose circuit breaker is open: their endpoints fail nearly always, and the log names them',
  ),
  laneWaiting: gauge('fleethook_delivery_waiting_records', 'Deliveries taken from Kafka that wait for a slot'),
  tierHeadOverdue: gauge(
    'fleethook_retry_head_overdue_seconds',
    'How long the oldest due delivery of a tier waits past its time. Above 30: the tier falls behind',
    ['tier'],
  ),
  tierForwarded: counter('fleethook_retry_forwarded_total', 'Due deliveries moved back to webhook.deliveries', [
    'tier',
  ]),
  // Egress
  egressOrigins: gauge('fleethook_egress_origins', 'Origins with a connection pool'),
  egressConnections: counter('fleethook_egress_connections_total', 'Connections opened, by result', ['result']),
  egressOpenConnections: gauge(
    'fleethook_egress_open_connections',
    'Connections open to receivers, idle ones included',
  ),
  egressStaleConnections: counter(
    'fleethook_egress_stale_connections_total',
    'Requests sent again at once because the receiver had closed the idle connection',
  ),
  // Recorder
  recorderRows: counter('fleethook_recorder_rows_total', 'Rows written to the history, by table', ['table']),
  recorderBatchDuration: histogram(
    'fleethook_recorder_batch_duration_seconds',
    'One batch into PostgreSQL',
    LATENCY_SECONDS,
  ),
  recorderFailures: counter(
    'fleethook_recorder_failures_total',
    'Batches that PostgreSQL did not take; they are tried again',
  ),
  recorderSkipped: counter(
    'fleethook_recorder_skipped_records_total',
    'Records that cannot become history, by reason (undecodable, out_of_range, refused: look at the log; parked: the router says why; unknown_kind: of a later release)',
    ['reason'],
  ),
  recorderLagSeconds: gauge(
    'fleethook_recorder_lag_seconds',
    'Age of the newest attempt of the last batch, written or refused. High: history lags behind',
  ),
  recorderEventLagSeconds: gauge(
    'fleethook_recorder_event_lag_seconds',
    'Age of the newest event of the last batch, written or refused. High: the list of events lags behind',
  ),
  // Admin API and outbox
  apiRequests: counter('fleethook_api_requests_total', 'Admin API requests by status class', ['method', 'status']),
  apiRequestDuration: histogram('fleethook_api_request_duration_seconds', 'Admin API requests', LATENCY_SECONDS),
  outboxPending: gauge(
    'fleethook_outbox_pending_rows',
    'Configuration changes not in Kafka yet. Above 0 for long: changes do not arrive',
  ),
  outboxPublished: counter('fleethook_outbox_published_total', 'Configuration changes written to Kafka'),
  // Disable rule
  webhooksFailing: gauge(
    'fleethook_webhooks_failing',
    'Enabled webhooks whose endpoint fails, or failed within a day. Many at once: look at our own network',
  ),
  webhooksDisabled: counter(
    'fleethook_webhooks_disabled_total',
    'Webhooks that Fleethook disabled, by why (gone, failing). Many at once: look at our own network',
    ['by'],
  ),
  webhookWarnings: counter('fleethook_webhook_warnings_total', 'Warnings of failing endpoints, by kind', ['kind']),
  disableRuleLastRun: gauge(
    'fleethook_disable_rule_last_run_timestamp_seconds',
    'When failing webhooks were last judged; 0 where another process leads. Older than 300 everywhere: nobody warns',
  ),
  // Replays
  replaysRunning: gauge('fleethook_replays_running', 'Replays that this process is working on'),
  replaysWaiting: gauge(
    'fleethook_replays_waiting',
    'Replays that wait for their turn. Above 0 for long: as many as may run at once are running',
  ),
  replayRemaining: gauge(
    'fleethook_replay_remaining_records',
    'Records that the running replays have still to look at. Not falling: look at the log of the API',
  ),
  replayRecords: counter(
    'fleethook_replay_records_total',
    'Records of replays by result: looked at (scanned), written to Kafka (sent), not kept any more (skipped)',
    ['result'],
  ),
  replaysEnded: counter(
    'fleethook_replays_ended_total',
    'Replays that ended by themselves or were stopped by their webhook',
    ['state'],
  ),
  resends: counter('fleethook_resends_total', 'Deliveries sent again by hand, by where the body was found or not', [
    'result',
  ]),
  eventOutboxPending: gauge(
    'fleethook_event_outbox_pending_rows',
    'Events of the control plane (api_key.created) not in Kafka yet. Above 0 for long: they do not arrive',
  ),
  eventOutboxPublished: counter(
    'fleethook_event_outbox_published_total',
    'Events of the control plane written to Kafka',
  ),
  apiLimited: counter(
    'fleethook_api_rate_limited_total',
    'Admin API requests refused with 429, by whom (key, address)',
    ['by'],
  ),
  apiLimitedCallers: gauge(
    'fleethook_api_rate_limit_callers',
    'Keys and addresses whose rate is remembered. At its bound the longest silent are forgotten',
  ),
  apiIdempotency: counter(
    'fleethook_api_idempotency_total',
    'Requests with an Idempotency-Key, by result (first, replayed, under_way, other_request, too_many)',
    ['result'],
  ),
  apiKeptReplies: gauge('fleethook_api_kept_replies_rows', 'Replies kept for 24 h under their Idempotency-Key'),
  apiStreams: gauge(
    'fleethook_api_streams',
    'Open streams of the state of the pipeline. At 200: the process takes no more',
  ),
  apiPruned: counter('fleethook_api_pruned_rows_total', 'Rows dropped past their time, by table', ['table']),
  // Kafka clients
  kafkaRequestDuration: histogram(
    'fleethook_kafka_request_duration_seconds',
    'Kafka requests by API',
    LATENCY_SECONDS,
    ['api'],
  ),
  kafkaRequestTimeouts: counter('fleethook_kafka_request_timeouts_total', 'Kafka requests without an answer in time'),
  kafkaRebalances: counter(
    'fleethook_kafka_rebalances_total',
    'Group joins. More than 3 in 10 min: look for restarts',
    ['group'],
  ),
  kafkaCrashes: counter(
    'fleethook_kafka_consumer_crashes_total',
    'Consumer crashes; restart="false" ends the process',
    ['group', 'restart'],
  ),
  kafkaHeartbeat: gauge(
    'fleethook_kafka_last_heartbeat_timestamp_seconds',
    'Last heartbeat. Older than the session time-out: the consumer hangs',
    ['group'],
  ),
  kafkaAssigned: gauge('fleethook_kafka_assigned_partitions', 'Partitions this process owns', ['group']),
  kafkaPaused: gauge('fleethook_kafka_paused_partitions', 'Partitions paused because their window is full', ['group']),
  windowRecords: gauge('fleethook_kafka_window_records', 'Records taken and not settled', ['group']),
  windowBytes: gauge('fleethook_kafka_window_bytes', 'Bytes of records taken and not settled', ['group']),
  windowSpan: gauge('fleethook_kafka_window_span_offsets', 'Largest distance from commit offset to position', [
    'group',
  ]),
  commitAge: gauge(
    'fleethook_kafka_commit_offset_age_seconds',
    'Age of the oldest unsettled record. Above 60: something hangs',
    ['group'],
  ),
  commits: counter('fleethook_kafka_commits_total', 'Offset commits by result', ['group', 'result']),
  zombies: counter('fleethook_kafka_zombie_completions_total', 'Records finished after their partition had moved on', [
    'group',
    'result',
  ]),
  foreignMetadata: counter(
    'fleethook_kafka_foreign_commit_metadata_total',
    'Commit metadata that is not ours, treated as empty',
    ['group'],
  ),
  handovers: counter('fleethook_kafka_handovers_total', 'Partitions taken over, by how (fresh, released, grace)', [
    'group',
    'kind',
  ]),
  recordsExpired: counter(
    'fleethook_kafka_records_expired_total',
    'Offsets that retention took before they were read. Any: events were lost to retention',
    ['group'],
  ),
  handlerFailures: counter(
    'fleethook_kafka_handler_failures_total',
    'Batches whose handler failed; they are tried again',
    ['group'],
  ),
  producerQueuedBytes: gauge('fleethook_kafka_producer_queued_bytes', 'Records waiting to be sent'),
  producerRecords: counter('fleethook_kafka_producer_records_total', 'Records acknowledged, by topic', ['topic']),
  producerMissing: counter(
    'fleethook_kafka_producer_missing_partitions_total',
    'Partitions that a reply left out; they were sent again. Any: a leader moved',
  ),
  producerFailures: counter(
    'fleethook_kafka_producer_failures_total',
    'Calls that failed after the client had retried',
    ['topic'],
  ),
  producerSplits: counter('fleethook_kafka_producer_splits_total', 'Batches split because they were too large'),
} as const;
