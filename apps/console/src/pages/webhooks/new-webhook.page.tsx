import { Button, Group, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { useChange } from '../../api/queries.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { EMPTY_WEBHOOK } from './form/webhook-draft.js';
import { WebhookForm } from './form/webhook-form.js';
import { SecretOnce } from './secret-once.js';

export function Component(): ReactNode {
  const navigate = useNavigate();
  const create = useChange('POST /webhooks', ['/webhooks', '/overview']);
  const [created, setCreated] = useState<Schemas['RevealedWebhook']>();
  if (created !== undefined) return <Created webhook={created} />;
  return (
    <Page title="Create a webhook" parent={['/webhooks', 'Webhooks']}>
      <WebhookForm
        initial={EMPTY_WEBHOOK}
        action="Try the endpoint and create"
        isPending={create.isPending}
        error={create.error}
        onSubmit={(body) => create.mutate({ body }, { onSuccess: ({ webhook }) => setCreated(webhook) })}
        onCancel={() => void navigate('/webhooks')}
      />
    </Page>
  );
}

function Created({ webhook }: { webhook: Schemas['RevealedWebhook'] }): ReactNode {
  return (
    <Page
      title="The webhook is there"
      intro="Its endpoint answered the test event with 200. It gets events from now on."
    >
      <SecretOnce secret={webhook.secret} standardSecret={webhook.standard_webhooks_secret} />
      <Panel title="What comes next">
        <Text size="sm">
          Check the signature of what arrives, and deduplicate by the event&apos;s <span className="mono">prn</span>: an
          event may come more than once.
        </Text>
        <Group>
          <Button component={Link} to={`/webhooks/${webhook.prn}`}>
            Go to the webhook
          </Button>
          <Button component={Link} to="/verify" variant="default">
            Verify a signature
          </Button>
        </Group>
      </Panel>
    </Page>
  );
}
