import { Badge, Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';

type Replay = Schemas['Replay'];

export const SOURCES: Readonly<Record<Replay['source'], string>> = {
  log: 'every event of a window',
  failed: 'what failed',
  bookmark: 'since it was disabled',
};

const COLORS: Readonly<Record<Replay['state'], string>> = {
  counting: 'blue',
  running: 'blue',
  paused: 'yellow',
  completed: 'green',
  cancelled: 'gray',
  failed: 'red',
};

const REASONS: Readonly<Record<NonNullable<Replay['reason']>, string>> = {
  webhook_disabled: 'its webhook is disabled',
  webhook_deleted: 'its webhook was deleted',
  internal_error: 'an internal error',
};

export const isOver = ({ state }: Pick<Replay, 'state'>): boolean =>
  state === 'completed' || state === 'cancelled' || state === 'failed';

export function ReplayState({ replay: { state, reason, started_at: startedAt } }: { replay: Replay }): ReactNode {
  const isWaiting = startedAt === null && (state === 'running' || state === 'counting');
  return (
    <Badge color={COLORS[state]} variant="light" tt="none">
      {isWaiting ? 'waits for its turn' : state}
      {reason !== null && `: ${REASONS[reason]}`}
    </Badge>
  );
}

export function ReplayProgress({ replay, size = 'sm' }: { replay: Replay; size?: string }): ReactNode {
  const value = isOver(replay) && replay.state === 'completed' ? 100 : (replay.progress.percent ?? 0);
  return (
    <Progress.Root size={size} miw={90} radius="xl">
      <Progress.Section value={value} color={COLORS[replay.state]} aria-label={`Progress: ${Math.round(value)} %`} />
    </Progress.Root>
  );
}
