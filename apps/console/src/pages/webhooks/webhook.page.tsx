import { Alert, Anchor, Badge, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { asking } from '../../api/queries.js';
import { useMay } from '../../api/session.js';
import { healthOf, type Health } from '../../api/state.js';
import { HealthBars } from '../../charts/health-bars.js';
import { Json } from '../../ui/code.js';
import { Waiting } from '../../ui/data-table.js';
import { Facts } from '../../ui/facts.js';
import { count, hostOf, percent } from '../../ui/format.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { PrnText } from '../../ui/prn.js';
import { Time } from '../../ui/time.js';
import { DeliveryTable } from '../deliveries/delivery-table.js';
import { DeleteWebhook } from './actions/delete-webhook.js';
import { SwitchWebhook } from './actions/switch-webhook.js';
import { RollSecret } from './actions/roll-secret.js';
import { TestFire } from './actions/test-fire.js';
import { WebhookState } from './webhook-state.js';

const REFETCH_MS = 15_000;

export function Component(): ReactNode {
  const { prn = '' } = useParams();
  const { data, error } = useQuery({
    ...asking('GET /webhooks/{prn}', { path: { prn } }),
    refetchInterval: REFETCH_MS,
  });
  const webhook = data?.webhook;
  const mayConfigure = useMay('configure');
  return (
    <Page
      title={webhook === undefined ? 'Webhook' : (webhook.description ?? hostOf(webhook.url))}
      parent={['/webhooks', 'Webhooks']}
      intro={webhook && <span className="mono">{webhook.url}</span>}
      actions={
        webhook &&
        mayConfigure && (
          <>
            <SwitchWebhook webhook={webhook} />
            <Button component={Link} to={`/webhooks/${prn}/edit`} variant="default">
              Edit
            </Button>
            <DeleteWebhook webhook={webhook} />
          </>
        )
      }
    >
      <ProblemAlert error={error} title="The webhook could not be read" />
      {webhook === undefined ? (
        error === null && <Waiting />
      ) : (
        <Webhook webhook={webhook} mayConfigure={mayConfigure} />
      )}
    </Page>
  );
}

function Webhook({ webhook, mayConfigure }: { webhook: Schemas['Webhook']; mayConfigure: boolean }): ReactNode {
  const { data: health } = useQuery(healthOf(webhook.prn));
  return (
    <>
      <Warnings webhook={webhook} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
        <Stack>
          <HealthPanel webhook={webhook} health={health?.data} />
          {mayConfigure && <TestFire webhook={webhook} />}
          {mayConfigure && <RollSecret webhook={webhook} />}
        </Stack>
        <Settings webhook={webhook} />
      </SimpleGrid>
      <Panel
        title="Deliveries"
        actions={
          <Anchor component={Link} to={`/deliveries?webhook=${webhook.prn}`} size="sm">
            Filter them
          </Anchor>
        }
      >
        <DeliveryTable
          withoutWebhook
          filters={{ webhook: webhook.prn, query: { limit: 10 } }}
          empty={<Text size="sm">Nothing has been sent yet. Send a test event above.</Text>}
        />
      </Panel>
    </>
  );
}

function Warnings({ webhook: { warnings, failing_since: since } }: { webhook: Schemas['Webhook'] }): ReactNode {
  const [latest] = warnings;
  if (latest === undefined && since === null) return null;
  return (
    <Alert color="orange" title={since === null ? 'It was warned of' : 'It is failing'}>
      <Text size="sm">
        {since !== null && (
          <>
            No success since <Time at={since} />.{' '}
          </>
        )}
        {latest?.message}
      </Text>
      {latest?.delivery_id && (
        <Anchor component={Link} to={`/deliveries/${latest.delivery_id}`} size="sm">
          Show the delivery
        </Anchor>
      )}
    </Alert>
  );
}

function HealthPanel({ webhook, health }: { webhook: Schemas['Webhook']; health: Health | undefined }): ReactNode {
  return (
    <Panel title="Health">
      <Facts
        facts={[
          ['State', <WebhookState key="state" webhook={webhook} health={health} />],
          ...(webhook.disabled_at === null
            ? []
            : [['Disabled', <Time key="disabled" at={webhook.disabled_at} />] as const]),
          ['Last 24 hours', health ? <HealthBars key="bars" bars={health.bars} /> : '–'],
          ['Success', percent(health?.success_ratio ?? null)],
          ['Delivered', health ? count(health.succeeded_24h) : '–'],
          ['Failed', health ? count(health.failed_24h) : '–'],
          ['Waiting for a retry', health ? count(health.waiting) : '–'],
        ]}
      />
    </Panel>
  );
}

function Settings({ webhook }: { webhook: Schemas['Webhook'] }): ReactNode {
  const {
    enabled_events: events,
    filter,
    timeout_ms: timeoutMs,
    max_concurrency: concurrency,
    rate_per_second: rate,
  } = webhook;
  return (
    <Panel title="What it gets, and how">
      <Facts
        facts={[
          [
            'Events',
            <Group key="events" gap={4}>
              {events.length === 0 && 'none'}
              {events.map((name) => (
                <Badge
                  key={name}
                  variant="default"
                  tt="none"
                  fw={400}
                  component={Link}
                  to={`/event-types/${name}`}
                  style={{ cursor: 'pointer' }}
                >
                  {name}
                </Badge>
              ))}
            </Group>,
          ],
          ['Time limit', timeoutMs === null ? '10 s (default)' : `${timeoutMs} ms`],
          ['At once', concurrency === null ? '20 (default)' : String(concurrency)],
          ['Rate', rate === null ? 'no limit' : `${rate} in a second`],
          ['Own headers', webhook.header_names.join(', ') || 'none'],
          ['Basic auth', webhook.has_basic_auth ? 'yes' : 'no'],
          ['PRN', <PrnText key="prn" prn={webhook.prn} what="the webhook's PRN" />],
          ['Created', <Time key="created" at={webhook.inserted_at} />],
          ['Changed', <Time key="changed" at={webhook.updated_at} />],
        ]}
      />
      {filter !== null && <Json value={filter} label="Filter" note="events that do not pass are held back" />}
      <Anchor component={Link} to={`/audit-log?resource_prn=${webhook.prn}`} size="sm">
        Who changed it
      </Anchor>
    </Panel>
  );
}
