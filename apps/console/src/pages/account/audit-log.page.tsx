import { Anchor, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { AUDIT_ACTIONS, type Operations, type Schemas } from '@fleethook/contract';
import { askingAll, usePages } from '../../api/queries.js';
import { useAddress } from '../../ui/address.js';
import { PagedTable, type Column } from '../../ui/data-table.js';
import { shortPrn } from '../../ui/format.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { PrnText } from '../../ui/prn.js';
import { Time } from '../../ui/time.js';
import { changesIn } from './changes.js';

type Entry = Schemas['AuditEntry'];
type Query = Operations['GET /audit-log']['query'];

export function Component(): ReactNode {
  const [search, set] = useAddress();
  const action = AUDIT_ACTIONS.find((known) => known === search.get('action'));
  const resource = search.get('resource_prn') ?? '';
  const query: Query = { action, ...(resource !== '' && { resource_prn: resource }) };
  const pages = usePages('GET /audit-log', 'audit_log', { query });
  return (
    <Page title="Audit log" intro="Who changed what, newest first, with the values before and after.">
      <Panel>
        <Group role="search" aria-label="Audit log">
          <NativeSelect
            label="Action"
            data={[{ value: '', label: 'any' }, ...AUDIT_ACTIONS]}
            value={action ?? ''}
            onChange={({ currentTarget }) => set('action', currentTarget.value)}
            flex="1 1 200px"
          />
          <TextInput
            label="Of what"
            placeholder="PRN"
            value={resource}
            onChange={({ currentTarget }) => set('resource_prn', currentTarget.value.trim())}
            flex="2 1 240px"
          />
        </Group>
        <PagedTable
          label="Changes"
          pages={pages}
          columns={COLUMNS}
          keyOf={({ id }) => id}
          empty={<Text size="sm">Nothing like this was changed.</Text>}
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: readonly Column<Entry>[] = [
  { name: 'When', cell: ({ inserted_at: at }) => <Time at={at} /> },
  { name: 'What', cell: ({ action }) => <span className="mono">{action}</span> },
  { name: 'Of', cell: ({ resource_prn: prn }) => <Resource prn={prn} /> },
  { name: 'By', cell: ({ actor }) => <Actor actor={actor} /> },
  { name: 'Change', cell: ({ before, after }) => <Changes before={before} after={after} /> },
];

/** A key by its name, as long as it is there. */
function Actor({ actor }: { actor: string }): ReactNode {
  const { data } = useQuery(askingAll('GET /api-keys', 'api_keys'));
  const key = data?.find(({ prn }) => prn === actor);
  if (key !== undefined) return `the key “${key.name}”`;
  return actor.startsWith('prn:') ? <PrnText prn={actor} what="who it was" /> : actor;
}

function Resource({ prn }: { prn: string }): ReactNode {
  const kind = prn.split(':')[3];
  const page = { webhook: '/webhooks/', replay: '/replays/', event: '/events/' }[kind ?? ''];
  if (page === undefined) return <PrnText prn={prn} />;
  return (
    <Anchor component={Link} to={`${page}${prn}`} size="sm">
      {kind} {shortPrn(prn)}
    </Anchor>
  );
}

function Changes({ before, after }: Pick<Entry, 'before' | 'after'>): ReactNode {
  const changes = changesIn(before, after);
  if (changes.length === 0) return '–';
  return (
    <details>
      <summary>{changes.length === 1 ? changes[0]?.name : `${changes.length} fields`}</summary>
      {changes.map(({ name, from, to }) => (
        <Text key={name} size="xs" className="mono" ta="left">
          {name}: {from === undefined ? '' : `${from} → `}
          {to ?? 'taken away'}
        </Text>
      ))}
    </details>
  );
}
