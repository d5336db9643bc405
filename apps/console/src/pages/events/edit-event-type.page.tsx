import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { changedFields } from '../../api/changed-fields.js';
import { call } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { Waiting } from '../../ui/data-table.js';
import { textOfJson } from '../../ui/json-object.js';
import { Page } from '../../ui/page.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { EventTypeForm } from './form/event-type-form.js';

type EventType = Schemas['EventType'];
type EventTypeFields = Pick<EventType, 'description' | 'schema' | 'example'>;

export function Component(): ReactNode {
  const { name = '' } = useParams();
  // As it is when the form is opened: not as another page has shown it, and what is typed must not change under the fingers.
  const { data, error } = useQuery({
    queryKey: ['GET /event-types/{name}', 'to edit', name],
    queryFn: ({ signal }) => call('GET /event-types/{name}', { path: { name } }, signal),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <Page title="Edit the event type" parent={[`/event-types/${name}`, name]}>
      <ProblemAlert error={error} title="The event type could not be read" />
      {data === undefined ? error === null && <Waiting /> : <Edit key={name} eventType={data.event_type} />}
    </Page>
  );
}

function Edit({ eventType }: { eventType: EventType }): ReactNode {
  const navigate = useNavigate();
  const [opened] = useState(eventType);
  const { name } = opened;
  const update = useChange('PATCH /event-types/{name}', ['/event-types', '/audit-log']);
  const back = (): void => void navigate(`/event-types/${name}`);
  const save = ({ description, schema, example }: EventTypeFields): void => {
    const before: EventTypeFields = { description: opened.description, schema: opened.schema, example: opened.example };
    const body = changedFields(before, { description, schema, example });
    if (Object.keys(body).length === 0) back();
    else update.mutate({ path: { name }, body }, { onSuccess: back });
  };
  return (
    <EventTypeForm
      initial={{
        name,
        description: opened.description,
        schema: textOfJson(opened.schema),
        example: textOfJson(opened.example),
      }}
      isNameFixed
      action="Save"
      isPending={update.isPending}
      error={update.error}
      onSubmit={save}
      onCancel={back}
    />
  );
}
