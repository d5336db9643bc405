import { Badge, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import { deadWords, wordsOf } from './outcome.js';

type Delivery = Pick<Schemas['Delivery'], 'status' | 'detail' | 'dead_reason' | 'outcome' | 'response_status'>;

const COLORS = { delivered: 'green', pending: 'yellow', failed: 'red' } as const;

export function DeliveryStatus({ delivery }: { delivery: Delivery }): ReactNode {
  return (
    <Badge color={COLORS[delivery.status]} variant="light" tt="none">
      {delivery.detail === 'deferred' ? 'put off' : delivery.detail === 'redriven' ? 'sent again' : delivery.status}
    </Badge>
  );
}

/** What the last attempt brought, or why there will be none. */
export function LastOutcome({ delivery }: { delivery: Delivery }): ReactNode {
  const { outcome, response_status: status, dead_reason: reason } = delivery;
  return (
    <Group gap={6}>
      <Text size="sm" span>
        {outcome === null ? 'not tried yet' : wordsOf(outcome).says}
        {status !== null && ` (${status})`}
      </Text>
      {reason !== null && (
        <Text size="xs" c="dimmed" span>
          given up: {deadWords(reason)}
        </Text>
      )}
    </Group>
  );
}
