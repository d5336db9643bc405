import { Anchor, Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { usePages } from '../../api/queries.js';
import { useMay } from '../../api/session.js';
import { PagedTable, type Column } from '../../ui/data-table.js';
import { count } from '../../ui/format.js';
import { Page } from '../../ui/page.js';
import { Empty, Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { WebhookName } from '../deliveries/delivery-table.js';
import { ReplayProgress, ReplayState, SOURCES } from './replay-state.js';

const REFETCH_MS = 3_000;

export function Component(): ReactNode {
  const mayReplay = useMay('replay');
  const pages = usePages('GET /replays', 'replays', { query: { order: 'desc' } }, { refetchMs: REFETCH_MS });
  return (
    <Page
      title="Replays"
      intro="Windows of the past that are sent again, with a rate of their own; fresh deliveries go first."
      actions={
        mayReplay && (
          <Button component={Link} to="/replays/new">
            Start a replay
          </Button>
        )
      }
    >
      <Panel>
        <PagedTable
          label="Replays"
          pages={pages}
          columns={COLUMNS}
          keyOf={({ prn }) => prn}
          empty={
            <Empty title="Nothing has been replayed">
              <Text size="sm">
                After an outage of a receiver: send again what failed. For a webhook that came later: send what it would
                have got. A dry run counts first.
              </Text>
            </Empty>
          }
        />
      </Panel>
    </Page>
  );
}

const COLUMNS: readonly Column<Schemas['Replay']>[] = [
  {
    name: 'Replay',
    cell: ({ prn, source, dry_run: dryRun }) => (
      <Anchor component={Link} to={`/replays/${prn}`}>
        {dryRun ? 'Dry run: ' : ''}
        {SOURCES[source]}
      </Anchor>
    ),
  },
  { name: 'State', cell: (replay) => <ReplayState replay={replay} /> },
  { name: 'Webhook', cell: ({ webhook_prn: webhook }) => <WebhookName prn={webhook} /> },
  { name: 'Progress', cell: (replay) => <ReplayProgress replay={replay} /> },
  {
    name: 'Sent',
    cell: ({ progress, dry_run: dryRun }) => (dryRun ? `${count(progress.matched)} would be` : count(progress.sent)),
  },
  { name: 'Started', cell: ({ inserted_at: at }) => <Time at={at} /> },
];
