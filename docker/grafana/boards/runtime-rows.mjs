import { atLeast, atMost, graph, noLimit } from './board.mjs';

const perProcess = '{{job}} {{instance}}';

/** The processes, and the control plane. */
export const runtimeRows = [
  {
    title: 'Processes',
    panels: [
      graph({
        title: 'CPU',
        description: 'Cores in use. A Node process is full at about 1.',
        unit: 'short',
        thresholds: atMost(0.8, 1),
        queries: [['rate(fleethook_process_cpu_seconds_total[$__rate_interval])', perProcess]],
      }),
      graph({
        title: 'Memory',
        description: 'Resident. It depends on settings and on the number of webhooks, not on the backlog.',
        unit: 'bytes',
        thresholds: noLimit,
        queries: [['fleethook_process_resident_memory_bytes', perProcess]],
      }),
      graph({
        title: 'Event loop (p99)',
        description: 'How late the process comes to what is due. Above 0.5 s for 10 minutes an alert fires.',
        unit: 's',
        thresholds: atMost(0.1, 0.5),
        queries: [['fleethook_nodejs_eventloop_lag_p99_seconds', perProcess]],
      }),
    ],
  },
  {
    title: 'Configuration and history',
    panels: [
      graph({
        title: 'Configuration: records not applied, and since when nothing was heard',
        description: 'Records above 0, or more than 120 s of silence: changes of webhooks and keys do not arrive.',
        unit: 'short',
        thresholds: atMost(60, 120),
        queries: [
          ['max by (job) (fleethook_config_lag_records)', 'records {{job}}'],
          ['time() - min by (job) (fleethook_config_last_heard_timestamp_seconds)', 'seconds {{job}}'],
        ],
      }),
      graph({
        title: 'Changes in the outbox',
        description: 'Changes that are in PostgreSQL and not in Kafka yet. Above 0 for long: they do not arrive.',
        unit: 'short',
        thresholds: atMost(1, 100),
        queries: [['max(fleethook_outbox_pending_rows)', 'changes']],
      }),
      graph({
        title: 'Rows of history',
        description: 'Written to PostgreSQL, by table.',
        unit: 'cps',
        thresholds: noLimit,
        queries: [['sum by (table) (rate(fleethook_recorder_rows_total[$__rate_interval]))', '{{table}}']],
      }),
      graph({
        title: 'A batch into PostgreSQL (p99)',
        description: 'Above 1 s PostgreSQL is slow: look at its disk, and at what else it does.',
        unit: 's',
        thresholds: atMost(1, 5),
        queries: [
          [
            'histogram_quantile(0.99, sum by (le) (rate(fleethook_recorder_batch_duration_seconds_bucket[$__rate_interval])))',
            'p99',
          ],
        ],
      }),
      graph({
        title: 'Admin API requests',
        description: 'By class of status. 5xx: PostgreSQL or Kafka is away.',
        unit: 'reqps',
        thresholds: noLimit,
        stacked: true,
        queries: [['sum by (status) (rate(fleethook_api_requests_total[$__rate_interval]))', '{{status}}']],
      }),
      graph({
        title: 'Certificates end in',
        description:
          'The first one of each file of authorities that a process trusts (EGRESS_CA_FILE, KAFKA_SSL_CA_FILE).',
        unit: 's',
        thresholds: atLeast(3 * 86_400, 14 * 86_400),
        queries: [
          ['min by (use) (fleethook_certificate_expiry_timestamp_seconds) - time() or vector(31536000)', '{{use}}'],
        ],
      }),
    ],
  },
];
