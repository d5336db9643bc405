import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useChange } from '../../api/queries.js';
import { Page } from '../../ui/page.js';
import { EventTypeForm, type EventTypeDraft } from './form/event-type-form.js';
import { textOfJson } from '../../ui/json-object.js';

/** To begin from: an object without rules. */
const EMPTY: EventTypeDraft = {
  name: '',
  description: '',
  schema: textOfJson({ type: 'object', properties: {}, required: [] }),
  example: textOfJson({}),
};

export function Component(): ReactNode {
  const navigate = useNavigate();
  const register = useChange('POST /event-types', ['/event-types', '/audit-log']);
  return (
    <Page
      title="Register an event type"
      parent={['/event-types', 'Event types']}
      intro="Of your own organization: the intake takes such events within two seconds, and webhooks can subscribe to them."
    >
      <EventTypeForm
        initial={EMPTY}
        action="Register it"
        isPending={register.isPending}
        error={register.error}
        onSubmit={(body) =>
          register.mutate({ body }, { onSuccess: ({ event_type: { name } }) => void navigate(`/event-types/${name}`) })
        }
        onCancel={() => void navigate('/event-types')}
      />
    </Page>
  );
}
