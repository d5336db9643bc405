import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import { askingAll } from '../../../api/queries.js';
import { fieldProblem } from '../../../api/problem.js';
import { Panel } from '../../../ui/panel.js';
import { ProblemAlert } from '../../../ui/problem-alert.js';
import { FailedTestFire } from '../failed-test-fire.js';
import { FilterBuilder } from '../filter/filter-builder.js';
import { readFilter } from '../filter/filter-input.js';
import { pointersOf } from '../filter/filter-model.js';
import { FilterTest } from '../filter/filter-test.js';
import { EventPicker } from './event-picker.js';
import { RequestSettings } from './request-settings.js';
import { checkUrl } from './url-check.js';
import { bodyOf, type WebhookBody, type WebhookDraft } from './webhook-draft.js';

const SHOWN = [
  'url',
  'description',
  'enabled_events',
  'filter',
  'timeout_ms',
  'max_concurrency',
  'rate_per_second',
  'headers',
  'basic_auth',
];

interface Props {
  initial: WebhookDraft;
  /** What the button says. */
  action: string;
  /** While the endpoint is being tried, this can take as long as it may. */
  isPending: boolean;
  error: Error | null;
  onSubmit: (body: WebhookBody) => void;
  onCancel: () => void;
  /** Headers and credentials that are kept sealed, unless new ones are given. */
  kept?: { readonly headerNames: readonly string[]; readonly hasBasicAuth: boolean };
}

export function WebhookForm({ initial, action, isPending, error, onSubmit, onCancel, kept }: Props): ReactNode {
  const [draft, setDraft] = useState(initial);
  const change = (changes: Partial<WebhookDraft>): void => setDraft((last) => ({ ...last, ...changes }));
  const { data: catalogue, error: catalogueError } = useQuery(askingAll('GET /event-types', 'event_types'));
  const offered = useMemo(() => catalogue?.filter(canBeAskedFor) ?? [], [catalogue]);
  const chosen = offered.filter(({ name }) => draft.events.includes(name));
  const pointers = useMemo(() => placesIn(chosen), [chosen]);
  const filter = useMemo(() => readFilter(draft.filter), [draft.filter]);
  const url = checkUrl(draft.url);
  const urlProblem = url.kind === 'wrong' ? `It ${url.message}` : fieldProblem(error, 'url');
  const body = url.kind === 'empty' || url.kind === 'wrong' ? undefined : bodyOf(draft);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (body !== undefined) onSubmit(body);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Panel
          title="Endpoint"
          intro="It is called with a signed test event, and must answer 200 before anything is stored."
        >
          <TextInput
            label="URL"
            placeholder="https://example.com/hooks/fleet"
            type="url"
            inputMode="url"
            required
            autoFocus
            value={draft.url}
            onChange={({ currentTarget }) => change({ url: currentTarget.value })}
            error={urlProblem}
            description={urlProblem === undefined ? hintOf(url) : undefined}
          />
          <Textarea
            label="Description"
            placeholder="What it is for, and who to ask"
            autosize
            value={draft.description}
            onChange={({ currentTarget }) => change({ description: currentTarget.value })}
            error={fieldProblem(error, 'description')}
          />
        </Panel>
        <Panel title="Events" intro="None means none. More can be added later.">
          <ProblemAlert error={catalogueError} title="The event types could not be read" />
          <EventPicker
            types={offered}
            value={draft.events}
            onChange={(events) => change({ events })}
            error={fieldProblem(error, 'enabled_events')}
          />
        </Panel>
        <Panel title="Filter" intro="Of these events, only those that pass. Leave it empty to get all.">
          <FilterBuilder
            value={draft.filter}
            onChange={(next) => change({ filter: next })}
            pointers={pointers}
            error={fieldProblem(error, 'filter')}
          />
          {filter.kind === 'fine' && <FilterTest filter={filter.filter} types={chosen} />}
        </Panel>
        <RequestSettings draft={draft} onChange={change} error={error} {...(kept && { kept })} />
        <ProblemAlert error={error} title="Nothing was stored" shown={SHOWN} />
        <FailedTestFire error={error} />
        <Group>
          <Button type="submit" loading={isPending} disabled={body === undefined}>
            {action}
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A test fire goes to its webhook whatever that asks for. */
const canBeAskedFor = ({ name, deliverable }: Schemas['EventType']): boolean =>
  deliverable && name !== 'webhook.test_fire';

/** What a filter can point at in events of these types. */
function placesIn(types: readonly { readonly name: string; readonly example: object }[]): string[] {
  const all = types.flatMap(({ name, example }) => {
    const [type, event] = name.split('.');
    return pointersOf({ type, inserted_at: '', data: { type: event, data: example } });
  });
  return [...new Set(all)].toSorted();
}

function hintOf(url: ReturnType<typeof checkUrl>): string {
  if (url.kind === 'unfinished') return url.message;
  return url.kind === 'fine' ? 'Looks right' : 'https:// only, with a valid certificate';
}
