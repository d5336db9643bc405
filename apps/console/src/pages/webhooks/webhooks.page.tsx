import { Anchor, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { usePages } from '../../api/queries.js';
import { useMay } from '../../api/session.js';
import { healthOfWebhooks, type Health } from '../../api/state.js';
import { HealthBars } from '../../charts/health-bars.js';
import { PagedTable, type Column } from '../../ui/data-table.js';
import { count, hostOf, percent } from '../../ui/format.js';
import { Page } from '../../ui/page.js';
import { Empty, Panel } from '../../ui/panel.js';
import { describedAs } from './webhook-search.js';
import { WebhookState } from './webhook-state.js';

type Webhook = Schemas['Webhook'];

const TYPED_MS = 300;
const REFETCH_MS = 30_000;

export function Component(): ReactNode {
  const mayConfigure = useMay('configure');
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), TYPED_MS);
  const described = describedAs(search);
  const query = described === undefined ? {} : { search: described };
  const pages = usePages('GET /webhooks', 'webhooks', { query }, { refetchMs: REFETCH_MS });
  const { data: health } = useQuery(healthOfWebhooks);
  const byPrn = new Map(health?.map((one) => [one.webhook_prn, one]));
  return (
    <Page
      title="Webhooks"
      intro="Endpoints that get the events they ask for."
      actions={
        mayConfigure && (
          <Button component={Link} to="/webhooks/new">
            Create a webhook
          </Button>
        )
      }
    >
      <Panel>
        <TextInput
          aria-label="Search by description"
          placeholder="Search by description"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          maw={320}
        />
        <PagedTable
          label="Webhooks"
          pages={pages}
          columns={columnsWith(byPrn)}
          keyOf={({ prn }) => prn}
          empty={
            search === '' ? (
              <NoWebhooks mayConfigure={mayConfigure} />
            ) : (
              <Text size="sm">No description has this in it.</Text>
            )
          }
        />
      </Panel>
    </Page>
  );
}

function NoWebhooks({ mayConfigure }: { mayConfigure: boolean }): ReactNode {
  return (
    <Empty title="There are no webhooks yet">
      <Text size="sm">
        {mayConfigure
          ? 'Create one: it needs an https:// endpoint that answers 200 to a test event.'
          : 'This key may not create one: it lacks the scope configure.'}
      </Text>
      {mayConfigure && (
        <Group>
          <Button component={Link} to="/webhooks/new">
            Create the first webhook
          </Button>
        </Group>
      )}
    </Empty>
  );
}

const columnsWith = (health: ReadonlyMap<string, Health>): readonly Column<Webhook>[] => {
  const of = ({ prn }: Webhook): Health | undefined => health.get(prn);
  return [
    {
      name: 'Endpoint',
      cell: ({ prn, url, description }) => (
        <div className="endpoint">
          <Anchor component={Link} to={`/webhooks/${prn}`} fw={600}>
            {description ?? hostOf(url)}
          </Anchor>
          {description !== null && (
            <Text size="xs" c="dimmed" className="mono">
              {hostOf(url)}
            </Text>
          )}
        </div>
      ),
    },
    { name: 'State', cell: (webhook) => <WebhookState webhook={webhook} health={of(webhook)} /> },
    {
      name: 'Last 24 hours',
      cell: (webhook) => {
        const found = of(webhook);
        return found && <HealthBars bars={found.bars} />;
      },
    },
    { name: 'Success', cell: (webhook) => percent(of(webhook)?.success_ratio ?? null) },
    {
      name: 'Waiting',
      cell: (webhook) => {
        const waiting = of(webhook)?.waiting;
        if (waiting === undefined) return '–';
        return waiting === 0 ? (
          '0'
        ) : (
          <Anchor component={Link} to={`/deliveries?webhook=${webhook.prn}&status=pending`} size="sm">
            {count(waiting)}
          </Anchor>
        );
      },
    },
    {
      name: 'Events',
      cell: ({ enabled_events: events, filter }) => (
        <Tooltip label={events.join(', ') || 'none'} multiline maw={320}>
          <span tabIndex={0}>
            {events.length}
            {filter !== null && ', filtered'}
          </span>
        </Tooltip>
      ),
    },
  ];
};
