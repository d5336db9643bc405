import { atMost, board, graph, noLimit } from './board.mjs';

const quantile = (q, metric, by = '') =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${metric}_bucket[$__rate_interval])))`;

/** What attempts come to, and how long they take. */
export const deliveries = board({
  uid: 'fleethook-deliveries',
  title: 'Deliveries',
  description: 'Attempts: what they come to, and how long they take.',
  rows: [
    {
      title: 'Attempts',
      panels: [
        graph({
          title: 'Attempts by outcome',
          description: 'What endpoints answer. Much of one failure at once, for all: look at our own network first.',
          unit: 'cps',
          thresholds: noLimit,
          stacked: true,
          queries: [['sum by (outcome) (rate(fleethook_delivery_attempts_total[$__rate_interval]))', '{{outcome}}']],
        }),
        graph({
          title: 'First tries and retries',
          description: 'Retries that outnumber first tries: endpoints have been failing for a while.',
          unit: 'cps',
          thresholds: noLimit,
          queries: [['sum by (try) (rate(fleethook_delivery_attempts_total[$__rate_interval]))', '{{try}}']],
        }),
        graph({
          title: 'Success of first tries',
          description: 'First tries answered with success, of all; no line while there are none.',
          unit: 'percentunit',
          thresholds: noLimit,
          queries: [
            [
              'sum(rate(fleethook_delivery_attempts_total{outcome="delivered",try="first"}[$__rate_interval])) / (sum(rate(fleethook_delivery_attempts_total{try="first"}[$__rate_interval])) > 0) or vector(1)',
              'first tries',
            ],
          ],
        }),
      ],
    },
    {
      title: 'Time',
      panels: [
        graph({
          title: 'One attempt',
          description: 'Whole attempts, DNS to the last byte. p99 at the time-out (10 s by default): endpoints hang.',
          unit: 's',
          thresholds: atMost(5, 10),
          queries: [
            [quantile(0.5, 'fleethook_delivery_attempt_duration_seconds'), 'p50'],
            [quantile(0.99, 'fleethook_delivery_attempt_duration_seconds'), 'p99'],
          ],
        }),
        graph({
          title: 'From event to first attempt',
          description: 'The delay that is ours. Above 10 s at p99: look at Kafka and runtime.',
          unit: 's',
          thresholds: atMost(2, 10),
          queries: [0.5, 0.9, 0.99].map((q) => [
            quantile(q, 'fleethook_delivery_first_attempt_delay_seconds'),
            `p${q * 100}`,
          ]),
        }),
        graph({
          title: 'From event to success',
          description: 'With retries: what a receiver sees. Up to three days for an endpoint that was away.',
          unit: 's',
          thresholds: noLimit,
          queries: [0.5, 0.9, 0.99].map((q) => [
            quantile(q, 'fleethook_delivery_success_delay_seconds'),
            `p${q * 100}`,
          ]),
        }),
      ],
    },
    {
      title: 'Room',
      panels: [
        graph({
          title: 'Slots in use',
          description: 'Attempts in flight, of those that a process may have. At 100 % it is full: add a process.',
          unit: 'percentunit',
          thresholds: atMost(0.8, 0.95),
          queries: [['fleethook_delivery_attempts_in_flight / fleethook_delivery_attempts_limit', '{{instance}}']],
        }),
        graph({
          title: 'Webhooks with work, deliveries that wait',
          description: 'Webhooks with deliveries waiting or in flight, and the deliveries that wait for a slot.',
          unit: 'short',
          thresholds: noLimit,
          queries: [
            ['sum(fleethook_delivery_lanes)', 'webhooks'],
            ['sum(fleethook_delivery_waiting_records)', 'deliveries waiting'],
          ],
        }),
        graph({
          title: 'Suspected duplicates',
          description:
            'Deliveries answered with success more than once. A killed process makes as many as it had in flight.',
          unit: 'short',
          thresholds: atMost(1, 100),
          queries: [['sum(increase(fleethook_recorder_duplicate_deliveries_total[5m]))', 'in 5 minutes']],
        }),
      ],
    },
  ],
});
