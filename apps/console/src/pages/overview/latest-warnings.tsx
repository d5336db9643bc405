import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { asking } from '../../api/queries.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { Time } from '../../ui/time.js';

const SHOWN = 5;
const REFETCH_MS = 30_000;

export const WARNING_WORDS: Readonly<Record<Schemas['Warning']['kind'], string>> = {
  delivery_failing: 'a delivery fails',
  disabling_50_percent: 'half way to being disabled',
  disabling_70_percent: '70 % of the way to being disabled',
  disabling_90_percent: 'about to be disabled',
  disabled: 'disabled',
};

/** Which endpoints need somebody. */
export function LatestWarnings(): ReactNode {
  const { data, error } = useQuery({
    ...asking('GET /warnings', { query: { limit: SHOWN } }),
    refetchInterval: REFETCH_MS,
  });
  return (
    <Panel title="Warnings">
      <ProblemAlert error={error} title="The warnings could not be read" />
      {data?.warnings.length === 0 && (
        <Text size="sm" c="dimmed">
          No endpoint needs attention.
        </Text>
      )}
      <Stack gap="xs">
        {data?.warnings.map(({ id, kind, message, webhook_prn: webhook, inserted_at: at }) => (
          <div key={id}>
            <Group gap="xs" justify="space-between">
              <Badge color={kind === 'delivery_failing' ? 'yellow' : 'red'} variant="light" tt="none">
                {WARNING_WORDS[kind]}
              </Badge>
              <Text size="xs" c="dimmed">
                <Time at={at} />
              </Text>
            </Group>
            <Text size="sm">
              {message}{' '}
              <Anchor component={Link} to={`/webhooks/${webhook}`} inherit underline="always">
                Show the webhook
              </Anchor>
            </Text>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
