import { Badge, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import type { Health } from '../../api/state.js';

/** Why it is not enabled, in words for a badge. */
const DISABLED: Readonly<Record<NonNullable<Schemas['Webhook']['disabled_by']>, string>> = {
  user: 'disabled by hand',
  gone: 'disabled: it answered 410',
  failing: 'disabled: it kept failing',
};

interface Props {
  webhook: Pick<Schemas['Webhook'], 'state' | 'disabled_by' | 'failing_since'>;
  health: Health | undefined;
}

/** At a glance: whether it gets its events, and if not, why. */
export function WebhookState({ webhook, health }: Props): ReactNode {
  const { state, disabled_by: by, failing_since: since } = webhook;
  if (state === 'disabled')
    return (
      <Badge color={by === 'user' ? 'gray' : 'red'} variant="light" tt="none">
        {by === null ? 'disabled' : DISABLED[by]}
      </Badge>
    );
  return (
    <Group gap={4}>
      <Badge color={since === null ? 'green' : 'orange'} variant="light" tt="none">
        {since === null ? 'enabled' : 'failing'}
      </Badge>
      {health?.breaker === 'open' && (
        <Badge color="red" variant="light" tt="none">
          breaker open
        </Badge>
      )}
      {health?.breaker === 'half_open' && (
        <Badge color="yellow" variant="light" tt="none">
          breaker probing
        </Badge>
      )}
    </Group>
  );
}
