import { atLeast, atMost, graph, noLimit } from './board.mjs';

const byGroup = (metric) => [[`sum by (group) (${metric})`, '{{group}}']];

/** Consumers, windows, commits, and the clients below them. */
export const kafkaRows = [
  {
    title: 'Consumer groups',
    panels: [
      graph({
        title: 'Lag',
        description: 'Records between what a group has committed and the end of the log, by topic.',
        unit: 'short',
        thresholds: noLimit,
        queries: [['fleethook:group_lag_records:sum', '{{consumergroup}} {{topic}}']],
      }),
      graph({
        title: 'Oldest record that is not finished',
        description: 'By the time that the record bears. Retry tiers wait by design and are left out.',
        unit: 's',
        thresholds: atMost(30, 120),
        queries: [['max by (group) (fleethook_kafka_oldest_unsettled_seconds{group!="delivery-tiers"})', '{{group}}']],
      }),
      graph({
        title: 'Commit age',
        description: 'How long the oldest unsettled record has been here. Above 60 s: something hangs.',
        unit: 's',
        thresholds: atMost(30, 60),
        queries: [['max by (group) (fleethook_kafka_commit_offset_age_seconds{group!="delivery-tiers"})', '{{group}}']],
      }),
      graph({
        title: 'Since the last heartbeat',
        description: 'Older than the session time-out (30 s by default): the consumer hangs, or Kafka is away.',
        unit: 's',
        thresholds: atMost(15, 60),
        queries: [
          [
            'time() - min by (group, instance) (fleethook_kafka_last_heartbeat_timestamp_seconds)',
            '{{group}} {{instance}}',
          ],
        ],
      }),
      graph({
        title: 'Partitions owned',
        description: 'By all processes of a group together. Less than the topic has: some partition is read by nobody.',
        unit: 'short',
        thresholds: atLeast(1, 1),
        queries: byGroup('fleethook_kafka_assigned_partitions'),
      }),
      graph({
        title: 'Joins and handovers',
        description:
          'Group joins of 10 minutes, and how partitions changed hands. grace: an owner did not let go in time.',
        unit: 'short',
        thresholds: atMost(4, 12),
        queries: [
          ['max by (group) (increase(fleethook_kafka_rebalances_total[10m]))', 'joins {{group}}'],
          ['sum by (kind) (increase(fleethook_kafka_handovers_total[10m]))', 'handovers {{kind}}'],
        ],
      }),
    ],
  },
  {
    title: 'Windows',
    panels: [
      graph({
        title: 'Records',
        description: 'Taken and not settled.',
        unit: 'short',
        thresholds: noLimit,
        width: 6,
        queries: byGroup('fleethook_kafka_window_records'),
      }),
      graph({
        title: 'Bytes',
        description: 'Of records taken and not settled: what a backlog may cost in memory, whatever its size.',
        unit: 'bytes',
        thresholds: noLimit,
        width: 6,
        queries: byGroup('fleethook_kafka_window_bytes'),
      }),
      graph({
        title: 'Span, and what is settled in it',
        description:
          'Offsets from the commit to the position, and how many of them are settled. Both high: one record holds up the commit.',
        unit: 'short',
        thresholds: atMost(8_192, 16_384),
        width: 6,
        queries: [
          ['max by (group) (fleethook_kafka_window_span_offsets)', 'span {{group}}'],
          ['sum by (group) (fleethook_kafka_window_settled_records)', 'settled {{group}}'],
        ],
      }),
      graph({
        title: 'Paused partitions',
        description:
          'Not fetched because their window is full. Normal for tiers; else the app is slower than what comes in.',
        unit: 'short',
        thresholds: noLimit,
        width: 6,
        queries: byGroup('fleethook_kafka_paused_partitions'),
      }),
    ],
  },
  {
    title: 'Clients',
    panels: [
      graph({
        title: 'Kafka requests (p99)',
        description: 'By API. Fetch waits up to 250 ms when there is nothing to fetch.',
        unit: 's',
        thresholds: atMost(1, 5),
        queries: [
          [
            'histogram_quantile(0.99, sum by (le, api) (rate(fleethook_kafka_request_duration_seconds_bucket[$__rate_interval])))',
            '{{api}}',
          ],
        ],
      }),
      graph({
        title: 'Records written, by topic',
        description: 'Acknowledged by all in-sync replicas.',
        unit: 'cps',
        thresholds: noLimit,
        queries: [['sum by (topic) (rate(fleethook_kafka_producer_records_total[$__rate_interval]))', '{{topic}}']],
      }),
      graph({
        title: 'What goes wrong, in 5 minutes',
        description:
          'Calls given up, requests without an answer, handlers that failed, crashes, expired records, commits that failed.',
        unit: 'short',
        thresholds: atMost(1, 10),
        queries: [
          ['sum(increase(fleethook_kafka_producer_failures_total[5m])) or vector(0)', 'calls given up'],
          ['sum(increase(fleethook_kafka_request_timeouts_total[5m])) or vector(0)', 'requests without answer'],
          ['sum(increase(fleethook_kafka_handler_failures_total[5m]))', 'handlers'],
          ['sum(increase(fleethook_kafka_consumer_crashes_total[5m]))', 'crashes'],
          ['sum(increase(fleethook_kafka_records_expired_total[5m]))', 'expired'],
          ['sum(increase(fleethook_kafka_commits_total{result!="committed"}[5m]))', 'commits'],
          ['sum(increase(fleethook_kafka_zombie_completions_total[5m]))', 'finished too late'],
        ],
      }),
    ],
  },
];
