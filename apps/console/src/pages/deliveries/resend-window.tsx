import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useMay } from '../../api/session.js';
import type { Filters } from './delivery-filters.js';

/** Everything that failed in the time that is filtered by: a replay that is filled in already. */
export function ResendWindow({ filters: { webhook, query } }: { filters: Filters }): ReactNode {
  const mayReplay = useMay('replay');
  if (!mayReplay) return null;
  const asked = new URLSearchParams({ source: 'failed' });
  if (query.status === 'pending') asked.set('status', query.status);
  if (webhook !== undefined) asked.set('webhook', webhook);
  if (query.inserted_at_gte !== undefined) asked.set('from', query.inserted_at_gte);
  if (query.inserted_at_lt !== undefined) asked.set('to', query.inserted_at_lt);
  return (
    <Button component={Link} variant="default" to={`/replays/new?${asked.toString()}`}>
      Send a failed window again
    </Button>
  );
}
