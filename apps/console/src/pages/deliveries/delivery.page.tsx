import { Alert, Anchor, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { asking, useChange } from '../../api/queries.js';
import { useMay } from '../../api/session.js';
import { Waiting } from '../../ui/data-table.js';
import { Facts } from '../../ui/facts.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { PrnText } from '../../ui/prn.js';
import { Time } from '../../ui/time.js';
import { AttemptItem } from './attempt-item.js';
import { CopyAsCurl } from './copy-as-curl.js';
import { DeliveryStatus, LastOutcome } from './delivery-status.js';
import { WebhookName } from './delivery-table.js';
import { latestRequestOf, requestOf, type SentRequest } from './sent-request.js';

const REFETCH_MS = 4_000;

export function Component(): ReactNode {
  const { id = '' } = useParams();
  const { data, error } = useQuery({
    ...asking('GET /deliveries/{id}', { path: { id } }),
    refetchInterval: REFETCH_MS,
  });
  return (
    <Page
      title={data?.delivery.event_type ?? 'Delivery'}
      parent={['/deliveries', 'Deliveries']}
      intro="A delivery, attempt by attempt"
    >
      <ProblemAlert error={error} title="The delivery could not be read" />
      {data === undefined ? error === null && <Waiting /> : <Delivery delivery={data.delivery} />}
    </Page>
  );
}

function Delivery({ delivery }: { delivery: Schemas['DeliveryInFull'] }): ReactNode {
  const event = useQuery(asking('GET /events/{prn}', { path: { prn: delivery.event_prn } }));
  const webhook = useQuery(asking('GET /webhooks/{prn}', { path: { prn: delivery.webhook_prn } }));
  const newest = delivery.attempts.at(-1);
  const lastRequest = delivery.request ? latestRequestOf(delivery.request) : undefined;
  const requestFor = (attempt: Schemas['Attempt']): SentRequest | undefined => {
    if (attempt === newest && lastRequest !== undefined) return lastRequest;
    return event.data && webhook.data && requestOf(event.data.event, attempt, webhook.data.webhook);
  };
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
      <Stack>
        <Panel title="State">
          <Facts
            facts={[
              ['Status', <DeliveryStatus key="status" delivery={delivery} />],
              ['Last outcome', <LastOutcome key="outcome" delivery={delivery} />],
              ['Attempts', String(delivery.attempt_count)],
              ['Accepted', <Time key="accepted" at={delivery.inserted_at} />],
              ['Delivered', <Time key="delivered" at={delivery.delivered_at} none="not yet" />],
              ['Next attempt', <Time key="next" at={delivery.next_attempt_at} none="none" />],
              ['Webhook', <WebhookName key="webhook" prn={delivery.webhook_prn} />],
              [
                'Event',
                <PrnText
                  key="event"
                  prn={delivery.event_prn}
                  what="the event's PRN"
                  to={`/events/${delivery.event_prn}`}
                />,
              ],
              ['Delivery', <PrnText key="delivery" prn={delivery.id} what="the delivery's id" />],
            ]}
          />
          <Group gap="xs">
            <SendAgain id={delivery.id} />
            {lastRequest && <CopyAsCurl request={lastRequest} id={delivery.event_prn} />}
            <Button component={Link} to={`/verify?delivery=${delivery.id}`} variant="default" size="xs">
              Verify its signature
            </Button>
          </Group>
          {webhook.data?.webhook.state === 'disabled' && (
            <Text size="sm">
              The webhook is disabled.{' '}
              <Anchor component={Link} to={`/webhooks/${delivery.webhook_prn}`} inherit underline="always">
                Enable it
              </Anchor>{' '}
              to have this delivered.
            </Text>
          )}
        </Panel>
      </Stack>
      <Panel title="Attempts" intro={seriesIntro(delivery)}>
        {delivery.attempts.length === 0 && <Text size="sm">No attempt has been made yet.</Text>}
        <Stack component="ol" gap="lg" className="timeline">
          {delivery.attempts.map((attempt) => (
            <AttemptItem
              key={`${attempt.series ?? ''} ${attempt.attempt}`}
              attempt={attempt}
              request={requestFor(attempt)}
            />
          ))}
        </Stack>
      </Panel>
    </SimpleGrid>
  );
}

/** Undefined where there is nothing to say: it was sent once. */
function seriesIntro({ all_series: series, more_series: areMore }: Schemas['DeliveryInFull']): string | undefined {
  if (series.length < 2) return undefined;
  return `${areMore ? 'The newest ' : ''}${series.length} series: it was sent again`;
}

function SendAgain({ id }: { id: string }): ReactNode {
  const mayReplay = useMay('replay');
  const resend = useChange('POST /deliveries/{id}/resend', [
    '/deliveries',
    '/webhooks/{prn}/deliveries',
    '/events/{prn}/deliveries',
  ]);
  if (!mayReplay) return null;
  return (
    <>
      <Button size="xs" loading={resend.isPending} onClick={() => resend.mutate({ path: { id } })}>
        Send again
      </Button>
      {resend.isSuccess && (
        <Alert color="green" w="100%" role="status">
          It is on its way, as a series of its own with retries; the attempt appears here.
        </Alert>
      )}
      {resend.error !== null && <ProblemAlert error={resend.error} title="It was not sent again" />}
    </>
  );
}
