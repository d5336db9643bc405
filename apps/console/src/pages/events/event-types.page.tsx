import { Anchor, Badge, Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { usePages } from '../../api/queries.js';
import { useMay } from '../../api/session.js';
import { PagedTable, type Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';

/** The whole catalogue at once, as far as that goes. */
const MANY = 100;

export function Component(): ReactNode {
  const mayConfigure = useMay('configure');
  const pages = usePages('GET /event-types', 'event_types', { query: { limit: MANY } });
  return (
    <Page
      title="Event types"
      intro="What a webhook can subscribe to, and what the intake accepts."
      actions={
        mayConfigure && (
          <Button component={Link} to="/event-types/new">
            Register an event type
          </Button>
        )
      }
    >
      <Panel>
        <PagedTable
          label="Event types"
          pages={pages}
          columns={COLUMNS}
          keyOf={({ name }) => name}
          empty={<Text size="sm">There are none, which should not be.</Text>}
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: readonly Column<Schemas['EventType']>[] = [
  {
    name: 'Name',
    cell: ({ name }) => (
      <Anchor component={Link} to={`/event-types/${name}`} className="mono">
        {name}
      </Anchor>
    ),
  },
  { name: 'When', cell: ({ description }) => description },
  {
    name: 'From',
    cell: ({ source, deliverable }) => (
      <Badge variant="default" tt="none" fw={400}>
        {deliverable ? source : 'record only'}
      </Badge>
    ),
  },
];
