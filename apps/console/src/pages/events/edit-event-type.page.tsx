import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { asking, useChange } from '../../api/queries.js';
import { Waiting } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { EventTypeForm } from './form/event-type-form.js';
import { textOfJson } from '../../ui/json-object.js';

export function Component(): ReactNode {
  const { name = '' } = useParams();
  const navigate = useNavigate();
  // As it was when the form was opened: what is typed must not change under the fingers.
  const { data, error } = useQuery({ ...asking('GET /event-types/{name}', { path: { name } }), staleTime: Infinity });
  const update = useChange('PATCH /event-types/{name}', ['/event-types', '/audit-log']);
  const back = (): void => void navigate(`/event-types/${name}`);
  return (
    <Page title="Edit the event type" parent={[`/event-types/${name}`, name]}>
      <ProblemAlert error={error} title="The event type could not be read" />
      {data === undefined ? (
        error === null && <Waiting />
      ) : (
        <EventTypeForm
          initial={{
            name,
            description: data.event_type.description,
            schema: textOfJson(data.event_type.schema),
            example: textOfJson(data.event_type.example),
          }}
          isNameFixed
          action="Save"
          isPending={update.isPending}
          error={update.error}
          onSubmit={({ description, schema, example }) =>
            update.mutate({ path: { name }, body: { description, schema, example } }, { onSuccess: back })
          }
          onCancel={back}
        />
      )}
    </Page>
  );
}
