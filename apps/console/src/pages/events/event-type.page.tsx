import { Anchor, Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { asking } from '../../api/queries.js';
import { useMay } from '../../api/session.js';
import { Code, Json } from '../../ui/code.js';
import { Waiting } from '../../ui/data-table.js';
import { exampleCurl, useIntake } from '../../ui/intake.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { ChangeEventType } from './change-event-type.js';

export function Component(): ReactNode {
  const { name = '' } = useParams();
  const { data, error } = useQuery(asking('GET /event-types/{name}', { path: { name } }));
  const intake = useIntake();
  const mayConfigure = useMay('configure');
  const type = data?.event_type;
  const isPublished = type?.deliverable === true && !name.startsWith('webhook.');
  return (
    <Page
      title={name}
      parent={['/event-types', 'Event types']}
      intro={type?.description}
      actions={mayConfigure && type?.source === 'registered' && <ChangeEventType name={name} />}
    >
      <ProblemAlert error={error} title="The event type could not be read" />
      {type === undefined ? (
        error === null && <Waiting />
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
          <Stack>
            <Panel title="Example" intro="data.data of what is delivered">
              <Json value={type.example} label="Payload" />
            </Panel>
            {isPublished ? (
              <Panel title="Try it">
                <Text size="sm">
                  <span className="mono">$KEY</span> is an API key with the scope <span className="mono">publish</span>.
                </Text>
                <Code label="Send the example" text={exampleCurl(intake, name, type.example)} />
                <Anchor component={Link} to={`/events?type=${name}`} size="sm">
                  Events of this type
                </Anchor>
              </Panel>
            ) : (
              <Text size="sm" c="dimmed">
                {type.deliverable
                  ? 'Fleethook itself sends it; nobody publishes it.'
                  : 'It is a record: it can be neither published nor delivered.'}
              </Text>
            )}
          </Stack>
          <Panel
            title="JSON Schema"
            actions={
              <Button component={Link} to="/webhooks/new" size="xs" variant="default">
                Create a webhook
              </Button>
            }
          >
            <Json value={type.schema} label="Schema of the payload" note="further fields are allowed and passed on" />
          </Panel>
        </SimpleGrid>
      )}
    </Page>
  );
}
