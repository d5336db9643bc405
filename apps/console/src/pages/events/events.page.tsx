import { Anchor, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { askingAll, usePages } from '../../api/queries.js';
import { useAddress } from '../../ui/address.js';
import { Code } from '../../ui/code.js';
import { PagedTable, type Column } from '../../ui/data-table.js';
import { exampleCurl, useIntake } from '../../ui/intake.js';
import { offered } from '../../ui/offered.js';
import { Page } from '../../ui/page.js';
import { Empty, Panel } from '../../ui/panel.js';
import { PrnText } from '../../ui/prn.js';
import { Time } from '../../ui/time.js';
import { eventQuery } from './event-query.js';

type RecordedEvent = Schemas['RecordedEvent'];

const TYPED_MS = 300;
const REFETCH_MS = 10_000;

export function Component(): ReactNode {
  const [search, set] = useAddress();
  const [device, setDevice] = useState(search.get('device') ?? '');
  const [settled] = useDebouncedValue(device.trim(), TYPED_MS);
  const name = search.get('type') ?? '';
  const types = useQuery(askingAll('GET /event-types', 'event_types'));
  const query = eventQuery(settled, name);
  const pages = usePages('GET /events', 'events', { query }, { refetchMs: REFETCH_MS });
  const isFiltered = settled !== '' || name !== '';
  return (
    <Page title="Events" intro="Everything that was accepted, whether a webhook wanted it or not.">
      <Panel>
        <Group align="flex-end" role="search" aria-label="Events">
          <TextInput
            label="Device"
            placeholder="Identifier or PRN"
            value={device}
            onChange={({ currentTarget }) => setDevice(currentTarget.value)}
            flex="2 1 240px"
          />
          <NativeSelect
            label="Event type"
            data={[
              { value: '', label: 'any' },
              ...offered(
                (types.data ?? []).map((type) => ({ value: type.name, label: type.name })),
                name,
              ),
            ]}
            value={name}
            onChange={({ currentTarget }) => set('type', currentTarget.value)}
            flex="1 1 200px"
          />
        </Group>
        <PagedTable
          label="Events"
          pages={pages}
          columns={COLUMNS}
          keyOf={({ prn }) => prn}
          empty={isFiltered ? <Nothing /> : <NoEvents />}
        />
      </Panel>
    </Page>
  );
}

const Nothing = (): ReactNode => (
  <Text size="sm" py="md">
    No event is like this. A device is found by its whole identifier, as the payload has it.
  </Text>
);

function NoEvents(): ReactNode {
  const intake = useIntake();
  return (
    <Empty title="No events have come yet">
      <Text size="sm">
        Send one to the intake. <span className="mono">$KEY</span> is an API key with the scope{' '}
        <span className="mono">publish</span>.
      </Text>
      <Code label="Send an event" text={exampleCurl(intake)} />
    </Empty>
  );
}

const COLUMNS: readonly Column<RecordedEvent>[] = [
  {
    name: 'Event',
    cell: ({ prn, type, event_subtype: subtype }) => (
      <Anchor component={Link} to={`/events/${prn}`} className="mono">
        {type}.{subtype}
      </Anchor>
    ),
  },
  { name: 'Device', cell: (event) => deviceOf(event) ?? '–' },
  { name: 'Happened', cell: ({ inserted_at: at }) => <Time at={at} /> },
  { name: 'PRN', cell: ({ prn }) => <PrnText prn={prn} what="the event's PRN" /> },
];

/** Its identifier, or else the end of its PRN. */
export function deviceOf({ data }: Pick<Schemas['Event'], 'data'>): string | undefined {
  const { device } = data.data as { device?: { identifier?: unknown; prn?: unknown } | null };
  const { identifier, prn } = device ?? {};
  return typeof identifier === 'string' ? identifier : typeof prn === 'string' ? prn.slice(-12) : undefined;
}
