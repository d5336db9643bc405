import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Operations, Schemas } from '@fleethook/contract';
import { call } from '../../../api/client.js';
import { asking } from '../../../api/queries.js';
import { ProblemAlert } from '../../../ui/problem-alert.js';
import { Time } from '../../../ui/time.js';
import { recentEvents } from '../../events/event-query.js';
import type { Filter } from './filter-model.js';

type FilterBody = Operations['POST /filters/test']['body']['filter'];

interface Props {
  filter: Filter | null;
  /** The events that the webhook asks for; of others the filter is not asked. */
  types: readonly Schemas['EventType'][];
}

interface Sample {
  readonly key: string;
  readonly name: string;
  /** Null: an example from the catalogue. */
  readonly event: Schemas['RecordedEvent'] | null;
  readonly ask: Pick<Operations['POST /filters/test']['body'], 'event' | 'event_prn'>;
}

const RECENT = 100;
const SAMPLES = 8;
const SETTLED_MS = 400;

/** The filter as it stands, asked about events that have come, or about examples as long as none has. */
export function FilterTest({ filter, types }: Props): ReactNode {
  const [settled] = useDebouncedValue(filter, SETTLED_MS);
  const recent = useQuery(asking('GET /events', { query: recentEvents(RECENT) }));
  const names = new Set(types.map(({ name }) => name));
  const came = (recent.data?.events ?? []).filter(({ type, event_subtype: subtype }) =>
    names.has(`${type}.${subtype}`),
  );
  const samples = came.length > 0 ? came.slice(0, SAMPLES).map(ofEvent) : types.slice(0, SAMPLES).map(ofExample);
  const answers = useQueries({
    queries: samples.map(({ key, ask }) => ({
      queryKey: ['POST /filters/test', settled, key],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call('POST /filters/test', { body: { filter: settled as FilterBody, ...ask } }, signal),
      enabled: settled !== null,
      staleTime: Infinity,
      retry: false,
    })),
  });
  if (settled === null) return <Note>Without a filter every event that is asked for passes.</Note>;
  if (types.length === 0) return <Note>Choose events first: a filter narrows what was asked for.</Note>;
  const refused = answers.find(({ error }) => error !== null)?.error ?? null;
  if (refused !== null) return <ProblemAlert error={refused} title="This filter cannot be used" />;
  const passing = answers.filter(({ data }) => data?.matches === true).length;
  return (
    <Stack gap={6} aria-live="polite">
      <Text size="sm" fw={600}>
        {passing} of {samples.length} {came.length > 0 ? 'recent events' : 'examples'} would pass
      </Text>
      {samples.map(({ key, name, event }, index) => {
        const answer = answers[index]?.data;
        return (
          <Group key={key} gap="xs" wrap="wrap">
            <Badge color={answer?.matches === true ? 'green' : 'gray'} variant="light" tt="none" miw={74}>
              {answer === undefined ? '…' : answer.matches ? 'passes' : 'held back'}
            </Badge>
            <Text size="sm">
              {event === null ? (
                `the example of ${name}`
              ) : (
                <>
                  <Anchor component={Link} to={`/events/${event.prn}`} target="_blank" inherit underline="always">
                    {name}
                  </Anchor>{' '}
                  <Time at={event.inserted_at} />
                </>
              )}
            </Text>
            {answer?.decided_by && (
              <Text size="xs" c="dimmed">
                decided by <span className="mono">{answer.decided_by.path}</span>
                {'value' in answer.decided_by && <>, which saw {JSON.stringify(answer.decided_by.value)}</>}
              </Text>
            )}
          </Group>
        );
      })}
    </Stack>
  );
}

const Note = ({ children }: { children: ReactNode }): ReactNode => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
);

const ofEvent = (event: Schemas['RecordedEvent']): Sample => ({
  key: event.prn,
  name: `${event.type}.${event.event_subtype}`,
  event,
  ask: { event_prn: event.prn },
});

function ofExample({ name, example }: Schemas['EventType']): Sample {
  const [type = '', event = ''] = name.split('.');
  return { key: name, name, event: null, ask: { event: { type, data: { type: event, data: example } } } };
}
