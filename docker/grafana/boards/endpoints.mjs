import { atMost, board, graph, noLimit, stat } from './board.mjs';

/** How endpoints do as a whole. Which one it is, the console shows: no metric names a webhook. */
export const endpoints = board({
  uid: 'fleethook-endpoints',
  title: 'Endpoints',
  description:
    'How endpoints do as a whole. Which one it is, the console shows (the link above): no metric names a webhook.',
  rows: [
    {
      title: 'In trouble',
      panels: [
        stat({
          title: 'Failing webhooks',
          description:
            'Enabled webhooks whose endpoint fails, or failed within a day. Many at once: look at our own network.',
          unit: 'short',
          thresholds: atMost(1, 50),
          width: 6,
          queries: [['max(fleethook_webhooks_failing)', 'failing']],
        }),
        stat({
          title: 'Open breakers',
          description:
            'Endpoints that fail nearly always, and are only probed. The lines webhook.breaker_opened of the log name them.',
          unit: 'short',
          thresholds: atMost(1, 50),
          width: 6,
          queries: [['sum(fleethook_delivery_open_breakers)', 'open']],
        }),
        stat({
          title: 'Disabled in a day',
          description: 'Webhooks that Fleethook disabled: their endpoint is gone (410), or failed for too long.',
          unit: 'short',
          thresholds: atMost(1, 6),
          width: 6,
          queries: [['sum by (by) (increase(fleethook_webhooks_disabled_total[1d]))', '{{by}}']],
        }),
        stat({
          title: 'Warnings in a day',
          description: 'Warnings of failing endpoints, as GET /warnings lists them.',
          unit: 'short',
          thresholds: atMost(1, 50),
          width: 6,
          queries: [['sum(increase(fleethook_webhook_warnings_total[1d]))', 'warnings']],
        }),
      ],
    },
    {
      title: 'How they fail',
      panels: [
        graph({
          title: 'Failures by outcome',
          description:
            'Failed attempts. tls and dns: often a certificate or a name that ended; address_blocked: our own setting.',
          unit: 'cps',
          thresholds: noLimit,
          width: 12,
          stacked: true,
          queries: [
            [
              'sum by (outcome) (rate(fleethook_delivery_attempts_total{outcome!="delivered"}[$__rate_interval]))',
              '{{outcome}}',
            ],
          ],
        }),
        graph({
          title: 'How long attempts take, by outcome (p99)',
          description: 'Failures that take as long as the time-out hold slots: their endpoints hang.',
          unit: 's',
          thresholds: atMost(5, 10),
          width: 12,
          queries: [
            [
              'histogram_quantile(0.99, sum by (le, outcome) (rate(fleethook_delivery_attempt_duration_seconds_bucket[$__rate_interval])))',
              '{{outcome}}',
            ],
          ],
        }),
      ],
    },
    {
      title: 'Connections',
      panels: [
        graph({
          title: 'Connections opened, by result',
          description: 'Many opened for few attempts: receivers close after each, which costs a handshake each time.',
          unit: 'cps',
          thresholds: noLimit,
          queries: [['sum by (result) (rate(fleethook_egress_connections_total[$__rate_interval]))', '{{result}}']],
        }),
        graph({
          title: 'Open connections, origins',
          description: 'Connections to receivers, idle ones included, and the origins they lead to.',
          unit: 'short',
          thresholds: noLimit,
          queries: [
            ['sum(fleethook_egress_open_connections)', 'connections'],
            ['sum(fleethook_egress_origins)', 'origins'],
          ],
        }),
        graph({
          title: 'Sent again at once',
          description: 'Requests on a connection that the receiver had closed meanwhile; no attempt is used up.',
          unit: 'cps',
          thresholds: noLimit,
          queries: [['sum(rate(fleethook_egress_stale_connections_total[$__rate_interval]))', 'stale']],
        }),
      ],
    },
  ],
});
