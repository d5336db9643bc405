import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { changedFields } from '../../api/changed-fields.js';
import { call } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { Waiting } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { bodyOf, draftOfWebhook, type WebhookBody } from './form/webhook-draft.js';
import { WebhookForm } from './form/webhook-form.js';

export function Component(): ReactNode {
  const { prn = '' } = useParams();
  // As it is when the form is opened: not as another page has shown it, and what is typed must not change under the fingers.
  const { data, error } = useQuery({
    queryKey: ['GET /webhooks/{prn}', 'to edit', prn],
    queryFn: ({ signal }) => call('GET /webhooks/{prn}', { path: { prn } }, signal),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <Page title="Edit the webhook" parent={[`/webhooks/${prn}`, 'The webhook']}>
      <ProblemAlert error={error} title="The webhook could not be read" />
      {data === undefined ? error === null && <Waiting /> : <Edit key={prn} webhook={data.webhook} />}
    </Page>
  );
}

function Edit({ webhook }: { webhook: Schemas['Webhook'] }): ReactNode {
  const { prn } = webhook;
  const navigate = useNavigate();
  const [opened] = useState(() => draftOfWebhook(webhook));
  const update = useChange('PATCH /webhooks/{prn}', ['/webhooks']);
  const back = (): void => void navigate(`/webhooks/${prn}`);
  const save = (after: WebhookBody): void => {
    const before = bodyOf(opened);
    const { enabled_events: events, ...rest } = before === undefined ? after : changedFields(before, after);
    const body = { ...rest, ...(events && { enabled_events: events }) };
    if (Object.keys(body).length === 0) back();
    else update.mutate({ path: { prn }, body }, { onSuccess: back });
  };
  return (
    <WebhookForm
      initial={opened}
      kept={{ headerNames: webhook.header_names, hasBasicAuth: webhook.has_basic_auth }}
      action="Save"
      isPending={update.isPending}
      error={update.error}
      onSubmit={save}
      onCancel={back}
    />
  );
}
