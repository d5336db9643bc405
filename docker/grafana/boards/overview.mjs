import { atLeast, atMost, board, graph, noLimit, stat } from './board.mjs';

/** Is it well? One look; what is not green has a board of its own. */
export const overview = board({
  uid: 'fleethook-overview',
  title: 'Overview: is it well?',
  description: 'One look. What is not green has a board of its own.',
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Alerts',
          description: 'Alerts that fire. Their runbooks are in docs/operations/alerts.',
          unit: 'short',
          thresholds: atMost(1, 1),
          queries: [['count(ALERTS{alertstate="firing"}) or vector(0)', 'firing']],
        }),
        stat({
          title: 'Past due',
          description: 'How long the oldest delivery that should have been tried by now waits past its time.',
          unit: 's',
          thresholds: atMost(30, 120),
          queries: [['fleethook:past_due_seconds:max', 'oldest']],
        }),
        stat({
          title: 'Success',
          description:
            'Attempts answered with success, of all of the last 5 minutes; 100 % while nothing is attempted.',
          unit: 'percentunit',
          thresholds: atLeast(0.9, 0.97),
          queries: [['fleethook:delivery_success:ratio5m or vector(1)', 'ratio']],
        }),
        stat({
          title: 'Dead in an hour',
          description: 'Deliveries given up within an hour. Any: an endpoint lost events, and they can be sent again.',
          unit: 'short',
          thresholds: atMost(1, 100),
          queries: [['sum(increase(fleethook_delivery_dead_total[1h])) or vector(0)', 'dead']],
        }),
        stat({
          title: 'What apps need',
          description:
            'Whether Kafka, PostgreSQL and the configuration answer every process: 1, or 0 when one has to do without.',
          unit: 'short',
          thresholds: atLeast(1, 1),
          width: 8,
          queries: [['min by (dependency) (fleethook_dependency_up)', '{{dependency}}']],
        }),
        stat({
          title: 'Processes',
          description: 'Processes of each app that answer Prometheus.',
          unit: 'short',
          thresholds: atLeast(1, 1),
          width: 12,
          queries: [['sum by (job) (up{job=~"ingest|router|delivery|recorder|api"})', '{{job}}']],
        }),
        stat({
          title: 'History behind',
          description: 'Age of the oldest record that is not in the history yet.',
          unit: 's',
          thresholds: atMost(30, 120),
          width: 6,
          queries: [['max(fleethook_kafka_oldest_unsettled_seconds{group=~"recorder.*"})', 'oldest']],
        }),
        stat({
          title: 'Configuration behind',
          description: 'Configuration records that a process has not applied. Above 0 for long: changes do not arrive.',
          unit: 'short',
          thresholds: atMost(1, 100),
          width: 6,
          queries: [['max(fleethook_config_lag_records)', 'records']],
        }),
      ],
    },
    {
      title: 'Flow',
      panels: [
        graph({
          title: 'Events in, deliveries out',
          description: 'Events accepted, deliveries made of them, attempts, and those answered with success.',
          unit: 'cps',
          thresholds: noLimit,
          queries: [
            ['sum(rate(fleethook_ingest_events_total{result="accepted"}[$__rate_interval]))', 'events accepted'],
            ['sum(rate(fleethook_router_deliveries_total[$__rate_interval]))', 'deliveries made'],
            ['sum(rate(fleethook_delivery_attempts_total[$__rate_interval]))', 'attempts'],
            ['sum(rate(fleethook_delivery_attempts_total{outcome="delivered"}[$__rate_interval]))', 'delivered'],
          ],
        }),
        graph({
          title: 'From event to first attempt',
          description: 'Half of the events, and all but 1 in 100, have their first attempt after this time.',
          unit: 's',
          thresholds: atMost(2, 10),
          queries: [
            [
              'histogram_quantile(0.5, sum by (le) (rate(fleethook_delivery_first_attempt_delay_seconds_bucket[$__rate_interval])))',
              'p50',
            ],
            ['fleethook:first_attempt_delay_seconds:p99_5m', 'p99'],
          ],
        }),
        graph({
          title: 'Waiting in Kafka',
          description:
            'Records between what a group has committed and the end of the log. Retry topics wait by design.',
          unit: 'short',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (consumergroup) (fleethook:group_lag_records:sum)', '{{consumergroup}}']],
        }),
      ],
    },
  ],
});
