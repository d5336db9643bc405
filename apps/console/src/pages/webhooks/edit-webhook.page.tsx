import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { asking, useChange } from '../../api/queries.js';
import { Waiting } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { draftOfWebhook } from './form/webhook-draft.js';
import { WebhookForm } from './form/webhook-form.js';

export function Component(): ReactNode {
  const { prn = '' } = useParams();
  const navigate = useNavigate();
  // As it was when the form was opened: what is typed must not change under the fingers.
  const { data, error } = useQuery({ ...asking('GET /webhooks/{prn}', { path: { prn } }), staleTime: Infinity });
  const update = useChange('PATCH /webhooks/{prn}', ['/webhooks']);
  const back = (): void => void navigate(`/webhooks/${prn}`);
  return (
    <Page title="Edit the webhook" parent={[`/webhooks/${prn}`, 'The webhook']}>
      <ProblemAlert error={error} title="The webhook could not be read" />
      {data === undefined ? (
        error === null && <Waiting />
      ) : (
        <WebhookForm
          initial={draftOfWebhook(data.webhook)}
          kept={{ headerNames: data.webhook.header_names, hasBasicAuth: data.webhook.has_basic_auth }}
          action="Save"
          isPending={update.isPending}
          error={update.error}
          onSubmit={({ enabled_events: events, ...rest }) => {
            update.mutate({ path: { prn }, body: { ...rest, enabled_events: events ?? [] } }, { onSuccess: back });
          }}
          onCancel={back}
        />
      )}
    </Page>
  );
}
