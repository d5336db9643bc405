import { Anchor, Button, Group, List, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Code } from '../../ui/code.js';
import { exampleCurl, useIntake } from '../../ui/intake.js';
import { Panel } from '../../ui/panel.js';

/** For an organization without webhooks. */
export function FirstSteps(): ReactNode {
  return (
    <Panel title="Get your first webhook going">
      <List type="ordered" spacing="xs" size="sm">
        <List.Item>
          Have an <span className="mono">https://</span> endpoint that answers 200. To try it out on this machine, run{' '}
          <span className="mono">node scripts/receiver.mjs</span>.
        </List.Item>
        <List.Item>Create the webhook: it is tried with a signed test event before it is stored.</List.Item>
        <List.Item>
          Send an event, and follow it under{' '}
          <Anchor component={Link} to="/deliveries" inherit underline="always">
            deliveries
          </Anchor>
          .
        </List.Item>
      </List>
      <Group>
        <Button component={Link} to="/webhooks/new">
          Create a webhook
        </Button>
        <Button component={Link} to="/event-types" variant="default">
          See what there is to subscribe to
        </Button>
      </Group>
    </Panel>
  );
}

export function NoEventsYet({ period }: { period: string }): ReactNode {
  const intake = useIntake();
  return (
    <Panel title={`No events in ${period}`}>
      <Text size="sm">
        Send one. <span className="mono">$KEY</span> is an API key with the scope <span className="mono">publish</span>
        {intake.isGuess && ", and the address is the intake's, port 4001 unless it was set otherwise"}.
      </Text>
      <Code label="Send an event" text={exampleCurl(intake)} />
    </Panel>
  );
}
