import { atMost, board, graph, noLimit, stat } from './board.mjs';

/** What waits, why, and whether it is late. */
export const backlog = board({
  uid: 'fleethook-backlog',
  title: 'Retries and backlog',
  description: 'What waits, why, and whether it is late.',
  rows: [
    {
      title: 'Late?',
      panels: [
        graph({
          title: 'Past due, by tier',
          description:
            'How long the oldest due delivery of a tier waits past its time. Above 30 s the tier falls behind.',
          unit: 's',
          thresholds: atMost(30, 120),
          queries: [['max by (tier) (fleethook_retry_head_overdue_seconds)', '{{tier}}']],
        }),
        graph({
          title: 'Untried',
          description: 'Age of the oldest delivery in webhook.deliveries without an outcome.',
          unit: 's',
          thresholds: atMost(30, 120),
          queries: [['max(fleethook_kafka_oldest_unsettled_seconds{group="delivery"})', 'oldest']],
        }),
        graph({
          title: 'Backlog, by topic',
          description: 'Deliveries that wait, by topic. It costs disk, not memory; late is another question.',
          unit: 'short',
          thresholds: noLimit,
          stacked: true,
          queries: [
            ['sum by (topic) (fleethook:group_lag_records:sum{consumergroup=~".*delivery(-tiers)?"})', '{{topic}}'],
          ],
        }),
      ],
    },
    {
      title: 'Why it waits',
      panels: [
        graph({
          title: 'Put off without an attempt',
          description:
            'By reason. lane_full: the endpoint is slower than its events; breaker_open: it fails; rate_limited: as its owner asked.',
          unit: 'cps',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (reason) (rate(fleethook_delivery_deferred_total[$__rate_interval]))', '{{reason}}']],
        }),
        graph({
          title: 'Into the tiers',
          description: 'Failed attempts that wait for the next one, by tier.',
          unit: 'cps',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (tier) (rate(fleethook_delivery_retries_scheduled_total[$__rate_interval]))', '{{tier}}']],
        }),
        graph({
          title: 'Out of the tiers',
          description: 'Due deliveries that were moved back, by tier. Should follow what went in, one delay later.',
          unit: 'cps',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (tier) (rate(fleethook_retry_forwarded_total[$__rate_interval]))', '{{tier}}']],
        }),
      ],
    },
    {
      title: 'Given up',
      panels: [
        graph({
          title: 'Dead, by reason',
          description:
            'Deliveries given up. horizon_reached and gone: an endpoint lost events. undecodable, too_large: look at the log.',
          unit: 'short',
          thresholds: atMost(1, 100),
          width: 12,
          queries: [['sum by (reason) (increase(fleethook_delivery_dead_total[5m]))', '{{reason}}']],
        }),
        stat({
          title: 'Dead in a day',
          description: 'Deliveries given up within a day; kept for 30 days, and POST /replays sends them again.',
          unit: 'short',
          thresholds: atMost(1, 1000),
          width: 12,
          queries: [['sum(increase(fleethook_delivery_dead_total[1d]))', 'dead']],
        }),
      ],
    },
    {
      title: 'Replays',
      panels: [
        graph({
          title: 'Replays',
          description: 'Replays that run, and that wait for their turn.',
          unit: 'short',
          thresholds: noLimit,
          queries: [
            ['sum(fleethook_replays_running)', 'running'],
            ['sum(fleethook_replays_waiting)', 'waiting'],
          ],
        }),
        graph({
          title: 'Progress',
          description: 'How much of what the running replays look at is done; 100 % while none runs.',
          unit: 'percentunit',
          thresholds: noLimit,
          queries: [
            [
              '1 - sum(fleethook_replay_remaining_records) / (sum(fleethook_replay_scope_records) > 0) or vector(1)',
              'done',
            ],
          ],
        }),
        graph({
          title: 'Records of replays',
          description: 'Looked at (scanned), written to Kafka (sent), not kept any more (skipped).',
          unit: 'cps',
          thresholds: noLimit,
          queries: [['sum by (result) (rate(fleethook_replay_records_total[$__rate_interval]))', '{{result}}']],
        }),
      ],
    },
  ],
});
