import { Alert, Anchor, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { call } from '../../../api/client.js';
import { useChange } from '../../../api/queries.js';
import { Panel } from '../../../ui/panel.js';
import { ProblemAlert } from '../../../ui/problem-alert.js';
import { latency } from '../../../ui/format.js';
import { AttemptItem } from '../../deliveries/attempt-item.js';
import { requestOf } from '../../deliveries/sent-request.js';

const LOOK_MS = 700;

/** Sends a test event, waits for what comes of it, and shows all of it when it fails. */
export function TestFire({ webhook }: { webhook: Schemas['Webhook'] }): ReactNode {
  const fire = useChange('POST /webhooks/{prn}/test_fire', ['/webhooks/{prn}/deliveries']);
  const isDisabled = webhook.state === 'disabled';
  return (
    <Panel
      title="Test"
      intro="A signed test event, as a real delivery with retries; it passes no filter."
      actions={
        <Button
          size="xs"
          loading={fire.isPending}
          disabled={isDisabled}
          onClick={() => fire.mutate({ path: { prn: webhook.prn } })}
        >
          Send a test event
        </Button>
      }
    >
      {isDisabled && <Text size="sm">A disabled webhook gets no test events: enabling it sends one.</Text>}
      <ProblemAlert error={fire.error} title="It was not sent" />
      {fire.data && <Exchange key={fire.data.event.prn} webhook={webhook} event={fire.data.event} />}
    </Panel>
  );
}

function Exchange({ webhook, event }: { webhook: Schemas['Webhook']; event: Schemas['Event'] }): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['test fire', event.prn],
    queryFn: ({ signal }) => firstAttempt(webhook.prn, event.prn, signal),
    refetchInterval: ({ state }) => (state.data ? false : LOOK_MS),
    staleTime: Infinity,
  });
  if (error !== null) return <ProblemAlert error={error} title="What came of it could not be read" />;
  if (!data)
    return (
      <Group gap="xs" role="status">
        <Loader size="xs" />
        <Text size="sm">On its way; the answer appears here.</Text>
      </Group>
    );
  const { delivery, attempt } = data;
  const isGood = attempt.outcome === 'delivered';
  return (
    <Stack gap="sm">
      <Alert
        color={isGood ? 'green' : 'red'}
        role="status"
        title={
          isGood ? `Answered ${attempt.status ?? ''} in ${latency(attempt.latency_ms)}` : 'The endpoint did not take it'
        }
      />
      {!isGood && (
        <Stack component="ol" className="timeline">
          <AttemptItem attempt={attempt} request={requestOf(event, attempt, webhook)} />
        </Stack>
      )}
      <Anchor component={Link} to={`/deliveries/${delivery.id}`} size="sm">
        Show the delivery
      </Anchor>
    </Stack>
  );
}

interface FirstAttempt {
  readonly delivery: Schemas['DeliveryInFull'];
  readonly attempt: Schemas['Attempt'];
}

/** Null as long as the history does not have it. */
async function firstAttempt(prn: string, eventPrn: string, signal: AbortSignal): Promise<FirstAttempt | null> {
  const query = { type: 'webhook.test_fire', limit: 20 };
  const { deliveries } = await call('GET /webhooks/{prn}/deliveries', { path: { prn }, query }, signal);
  const found = deliveries.find(({ event_prn: event }) => event === eventPrn);
  if (found === undefined) return null;
  const { delivery } = await call('GET /deliveries/{id}', { path: { id: found.id } }, signal);
  const [attempt] = delivery.attempts;
  return attempt === undefined ? null : { delivery, attempt };
}
