import { Anchor, Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { DELIVERY_OUTCOMES, DELIVERY_STATUSES, type Operations } from '@fleethook/contract';
import { askingAll } from '../../api/queries.js';
import { hostOf, shortPrn } from '../../ui/format.js';
import { localOf, utcOf } from '../../ui/moment.js';
import { offered, type Option } from '../../ui/offered.js';
import { wordsOf } from './outcome.js';

type Query = Operations['GET /deliveries']['query'];

export interface Filters {
  readonly webhook: string | undefined;
  readonly query: Query;
}

const FIELDS = ['status', 'type', 'outcome', 'device_prn', 'inserted_at_gte', 'inserted_at_lt'] as const;
const TYPED_MS = 400;

/** From an address; the API says what of it cannot be. */
export function filtersIn(search: URLSearchParams): Filters {
  const given = FIELDS.flatMap((name) => {
    const value = search.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  return { webhook: search.get('webhook') ?? undefined, query: Object.fromEntries(given) };
}

interface Props {
  search: URLSearchParams;
  onChange: (name: string, value: string) => void;
  onClear: () => void;
}

export function DeliveryFilters({ search, onChange: set, onClear }: Props): ReactNode {
  const webhooks = useQuery(askingAll('GET /webhooks', 'webhooks'));
  const types = useQuery(askingAll('GET /event-types', 'event_types'));
  const select = (name: string, label: string, options: readonly Option[]): ReactNode => (
    <NativeSelect
      label={label}
      data={[{ value: '', label: 'any' }, ...offered(options, search.get(name) ?? '', worded)]}
      value={search.get(name) ?? ''}
      onChange={({ currentTarget }) => set(name, currentTarget.value)}
      flex="1 1 140px"
      miw={0}
    />
  );
  return (
    <Group align="flex-end" gap="sm" role="search" aria-label="Deliveries">
      {select(
        'status',
        'Status',
        DELIVERY_STATUSES.map((name) => ({ value: name, label: name })),
      )}
      {select(
        'outcome',
        'Outcome',
        DELIVERY_OUTCOMES.map((name) => ({ value: name, label: wordsOf(name).says })),
      )}
      {select(
        'webhook',
        'Webhook',
        (webhooks.data ?? []).map(({ prn, url, description }) => ({ value: prn, label: description ?? hostOf(url) })),
      )}
      {select(
        'type',
        'Event type',
        (types.data ?? []).map(({ name }) => ({ value: name, label: name })),
      )}
      <DeviceField
        key={search.get('device_prn')}
        value={search.get('device_prn') ?? ''}
        onChange={(value) => set('device_prn', value)}
      />
      {/* Both on one line, wherever it breaks. */}
      <Group gap="sm" flex="2 1 412px" miw={0}>
        <Moment
          label="From"
          value={search.get('inserted_at_gte')}
          onChange={(value) => set('inserted_at_gte', value)}
        />
        <Moment label="Until" value={search.get('inserted_at_lt')} onChange={(value) => set('inserted_at_lt', value)} />
      </Group>
      {search.size > 0 && (
        <Anchor component="button" type="button" size="sm" onClick={onClear} pb={8}>
          Clear
        </Anchor>
      )}
    </Group>
  );
}

/** Of what the lists do not have. */
const worded = (value: string): string => (value.startsWith('prn:') ? shortPrn(value) : value);

/** Asks once typing has paused. */
function DeviceField({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode {
  const [text, setText] = useState(value);
  const settled = useDebouncedCallback(onChange, TYPED_MS);
  return (
    <TextInput
      label="Device"
      placeholder="PRN"
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        settled(currentTarget.value.trim());
      }}
      flex="2 1 200px"
      miw={0}
    />
  );
}

interface MomentProps {
  label: string;
  /** ISO 8601, UTC. */
  value: string | null;
  onChange: (value: string) => void;
}

/** A time in the reader's own zone, whole seconds in UTC for the API. */
export function Moment({ label, value, onChange }: MomentProps): ReactNode {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={label}
      value={localOf(value)}
      onChange={({ currentTarget }) => onChange(utcOf(currentTarget.value))}
      flex="1 1 200px"
      miw={0}
    />
  );
}
