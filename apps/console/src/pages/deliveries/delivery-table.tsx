import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { askingAll, usePages } from '../../api/queries.js';
import { PagedTable, type Column } from '../../ui/data-table.js';
import { hostOf, shortPrn } from '../../ui/format.js';
import { Time } from '../../ui/time.js';
import type { Filters } from './delivery-filters.js';
import { DeliveryStatus, LastOutcome } from './delivery-status.js';

type Delivery = Schemas['Delivery'];

const REFETCH_MS = 10_000;

interface Props {
  filters: Filters;
  empty: ReactNode;
  /** On the page of one webhook the column would say the same all over. */
  withoutWebhook?: boolean;
}

export function DeliveryTable({ filters: { webhook, query }, empty, withoutWebhook = false }: Props): ReactNode {
  const options = { refetchMs: REFETCH_MS };
  const all = usePages('GET /deliveries', 'deliveries', { query }, { ...options, enabled: webhook === undefined });
  const ofOne = usePages(
    'GET /webhooks/{prn}/deliveries',
    'deliveries',
    { path: { prn: webhook ?? '' }, query },
    { ...options, enabled: webhook !== undefined },
  );
  return (
    <PagedTable
      label="Deliveries"
      pages={webhook === undefined ? all : ofOne}
      columns={COLUMNS.filter(({ name }) => !(withoutWebhook && name === 'Webhook'))}
      keyOf={({ id, series }) => `${id} ${series ?? ''}`}
      empty={empty}
    />
  );
}

const COLUMNS: readonly Column<Delivery>[] = [
  { name: 'Status', cell: (delivery) => <DeliveryStatus delivery={delivery} /> },
  {
    name: 'Event',
    cell: ({ id, event_type: type }) => (
      <Anchor component={Link} to={`/deliveries/${id}`} className="mono">
        {type}
      </Anchor>
    ),
  },
  { name: 'Webhook', cell: ({ webhook_prn: prn }) => <WebhookName prn={prn} /> },
  { name: 'Last outcome', cell: (delivery) => <LastOutcome delivery={delivery} /> },
  { name: 'Attempts', cell: ({ attempt_count: attempts }) => attempts },
  { name: 'Accepted', cell: ({ inserted_at: at }) => <Time at={at} /> },
  { name: 'Next attempt', cell: ({ next_attempt_at: at }) => <Time at={at} none="" /> },
];

/** By its description or host, as far as it still is. */
export function WebhookName({ prn }: { prn: string }): ReactNode {
  const { data } = useQuery(askingAll('GET /webhooks', 'webhooks'));
  const found = data?.find((webhook) => webhook.prn === prn);
  return (
    <Anchor component={Link} to={`/webhooks/${prn}`} size="sm">
      {found === undefined ? (
        <Text span className="mono" inherit>
          {shortPrn(prn)}
        </Text>
      ) : (
        (found.description ?? hostOf(found.url))
      )}
    </Anchor>
  );
}
