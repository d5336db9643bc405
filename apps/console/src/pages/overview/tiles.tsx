import { Anchor, Paper, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Overview, Pipeline } from '../../api/state.js';
import { LATE_SECONDS } from '../../shell/pipeline-badge.js';
import { count, duration, percent } from '../../ui/format.js';

/** The numbers that somebody who was woken up looks at first. */
export function Tiles({ overview, pipeline }: { overview: Overview; pipeline: Pipeline | undefined }): ReactNode {
  const { totals, webhooks } = overview;
  const waiting = pipeline?.tiers?.reduce((sum, tier) => sum + tier.waiting, 0);
  const pastDue = pipeline?.past_due_seconds ?? undefined;
  const breakers = pipeline?.open_breakers;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Tile name="Events in" value={count(totals.events)} to="/events">
        accepted by the intake
      </Tile>
      <Tile name="Delivered" value={count(totals.succeeded)} to="/deliveries?status=delivered">
        {totals.failed === 0 ? 'no attempt failed' : `${count(totals.failed)} attempts failed`}
      </Tile>
      <Tile
        name="Success ratio"
        value={percent(totals.success_ratio)}
        bad={totals.success_ratio !== null && totals.success_ratio < 0.95}
        to="/deliveries?status=failed"
      >
        {totals.dead === 0 ? 'nothing was given up' : `${count(totals.dead)} given up`}
      </Tile>
      <Tile
        name="Past due"
        value={pastDue === undefined ? '–' : duration(pastDue * 1_000)}
        bad={pastDue !== undefined && pastDue > LATE_SECONDS}
      >
        {pastDue === 0 ? 'retries are on time' : 'the oldest retry that is late'}
      </Tile>
      <Tile name="Waiting" value={waiting === undefined ? '–' : count(waiting)} to="/deliveries?status=pending">
        in the retry tiers, of everybody
      </Tile>
      <Tile
        name="Open breakers"
        value={breakers === undefined || breakers === null ? '–' : count(breakers)}
        bad={typeof breakers === 'number' && breakers > 0}
        to="/webhooks"
      >
        {webhooks.failing === 0
          ? `${count(webhooks.enabled)} ${webhooks.enabled === 1 ? 'webhook' : 'webhooks'} enabled`
          : `${count(webhooks.failing)} failing`}
      </Tile>
    </SimpleGrid>
  );
}

interface TileProps {
  name: string;
  value: string;
  bad?: boolean;
  to?: string;
  children: ReactNode;
}

function Tile({ name, value, bad = false, to, children }: TileProps): ReactNode {
  return (
    <Paper withBorder p="sm">
      <Text size="sm" c="dimmed">
        {to === undefined ? (
          name
        ) : (
          <Anchor component={Link} to={to} c="inherit" underline="hover">
            {name}
          </Anchor>
        )}
      </Text>
      <div className="tile-value" style={bad ? { color: 'var(--console-bad)' } : undefined}>
        {value}
      </div>
      <Text size="xs" c="dimmed">
        {children}
      </Text>
    </Paper>
  );
}
