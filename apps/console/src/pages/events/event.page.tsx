import { Anchor, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { asking, usePages } from '../../api/queries.js';
import { Json } from '../../ui/code.js';
import { PagedTable, Waiting, type Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { PrnText } from '../../ui/prn.js';
import { Time } from '../../ui/time.js';
import { DeliveryStatus, LastOutcome } from '../deliveries/delivery-status.js';
import { WebhookName } from '../deliveries/delivery-table.js';

const REFETCH_MS = 8_000;

export function Component(): ReactNode {
  const { prn = '' } = useParams();
  const { data, error } = useQuery(asking('GET /events/{prn}', { path: { prn } }));
  const pages = usePages(
    'GET /events/{prn}/deliveries',
    'deliveries',
    { path: { prn }, query: {} },
    { refetchMs: REFETCH_MS },
  );
  const event = data?.event;
  const name = event && `${event.type}.${event.event_subtype}`;
  return (
    <Page
      title={name ?? 'Event'}
      parent={['/events', 'Events']}
      intro={
        event && (
          <>
            <Time at={event.inserted_at} /> · <PrnText prn={prn} what="the event's PRN" />
          </>
        )
      }
    >
      <ProblemAlert error={error} title="The event could not be read" />
      <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
        <Panel
          title="What was accepted"
          actions={
            name && (
              <Anchor component={Link} to={`/event-types/${name}`} size="sm">
                Its schema
              </Anchor>
            )
          }
        >
          {event === undefined ? (
            error === null && <Waiting />
          ) : (
            <Json
              value={event}
              label="Event"
              note="formatted; webhooks get it compact, without the last three fields"
            />
          )}
        </Panel>
        <Panel title="Deliveries" intro="To every webhook that asked for it">
          <PagedTable
            label="Deliveries of the event"
            pages={pages}
            columns={COLUMNS}
            keyOf={({ id, series }) => `${id} ${series ?? ''}`}
            empty={
              <Text size="sm">
                No webhook asked for it when it came, or none let it through its filter. A replay of the log can send it
                all the same.
              </Text>
            }
          />
        </Panel>
      </SimpleGrid>
    </Page>
  );
}

const COLUMNS: readonly Column<Schemas['Delivery']>[] = [
  { name: 'Status', cell: (delivery) => <DeliveryStatus delivery={delivery} /> },
  { name: 'Webhook', cell: ({ webhook_prn: webhook }) => <WebhookName prn={webhook} /> },
  { name: 'Last outcome', cell: (delivery) => <LastOutcome delivery={delivery} /> },
  {
    name: 'Attempts',
    cell: ({ id, attempt_count: attempts }) => (
      <Anchor component={Link} to={`/deliveries/${id}`} size="sm">
        {attempts === 1 ? '1 attempt' : `${attempts} attempts`}
      </Anchor>
    ),
  },
];
