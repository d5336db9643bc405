import { atMost, board, graph, noLimit } from './board.mjs';

/** From producers to deliveries: what comes in, what is made of it, and what is refused. */
export const intake = board({
  uid: 'fleethook-intake',
  title: 'Intake',
  description: 'From producers to deliveries: what comes in, what is refused, what is made of it.',
  rows: [
    {
      title: 'Over HTTP',
      panels: [
        graph({
          title: 'Events by result',
          description:
            'accepted: in Kafka. rejected: by itself or with its request; the producer is told why. unavailable: to be sent again.',
          unit: 'cps',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (result) (rate(fleethook_ingest_events_total[$__rate_interval]))', '{{result}}']],
        }),
        graph({
          title: 'Requests by status',
          description: '5xx: Kafka is away or too slow. 429: an organization sends more than it may.',
          unit: 'reqps',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (status) (rate(fleethook_ingest_requests_total[$__rate_interval]))', '{{status}}']],
        }),
        graph({
          title: 'Time to acknowledge',
          description: 'One request, until Kafka has acknowledged its events.',
          unit: 's',
          thresholds: atMost(0.5, 2),
          queries: [0.5, 0.99].map((q) => [
            `histogram_quantile(${q}, sum by (le) (rate(fleethook_ingest_request_duration_seconds_bucket[$__rate_interval])))`,
            `p${q * 100}`,
          ]),
        }),
        graph({
          title: 'Requests answered with 5xx',
          description: 'Of all of the last 5 minutes. Above 5 % for 2 minutes an alert fires.',
          unit: 'percentunit',
          thresholds: atMost(0.01, 0.05),
          queries: [['fleethook:ingest_unavailable:ratio5m or vector(0)', 'unavailable']],
        }),
        graph({
          title: 'Held for Kafka',
          description: 'Bytes of events that wait for Kafka, of what a process may hold. At 100 % it answers 503.',
          unit: 'percentunit',
          thresholds: atMost(0.5, 0.8),
          queries: [['fleethook_ingest_queued_bytes / fleethook_ingest_queue_limit_bytes', '{{instance}}']],
        }),
      ],
    },
    {
      title: 'Routing',
      panels: [
        graph({
          title: 'Events routed, by result',
          description: 'parked: a direct producer wrote what is no event; webhook.dead says why.',
          unit: 'cps',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (result) (rate(fleethook_router_events_total[$__rate_interval]))', '{{result}}']],
        }),
        graph({
          title: 'Deliveries made, and kept away by filters',
          description: 'Deliveries written to Kafka, and those that the filter of a webhook kept away.',
          unit: 'cps',
          thresholds: noLimit,
          queries: [
            ['sum(rate(fleethook_router_deliveries_total[$__rate_interval]))', 'made'],
            ['sum(rate(fleethook_router_filtered_total[$__rate_interval]))', 'filtered'],
          ],
        }),
        graph({
          title: 'Not routed yet',
          description: 'Records of fleet.events that the router has not finished.',
          unit: 'short',
          thresholds: atMost(10_000, 100_000),
          queries: [['sum(fleethook:group_lag_records:sum{consumergroup=~".*router"})', 'records']],
        }),
      ],
    },
  ],
});
