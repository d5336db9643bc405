import { Badge, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Liveness } from '../api/live.js';
import { pipelineState } from '../api/state.js';
import { duration } from '../ui/format.js';

/** Retries that have been due for longer than this are late, not just on their way. */
export const LATE_SECONDS = 60;

/** On every page: whether retries are on time, in a word. */
export function PipelineBadge({ liveness }: { liveness: Liveness }): ReactNode {
  const { data: reply, isError } = useQuery(pipelineState(liveness === 'live'));
  const data = reply?.data;
  if (isError) return <State color="red" word="State unknown" hint="The state of the pipeline could not be read." />;
  if (data === undefined) return null;
  const { past_due_seconds: pastDue } = data;
  if (pastDue === null) return <State color="red" word="State unknown" hint="Kafka could not be asked." />;
  const late = pastDue > LATE_SECONDS;
  return (
    <State
      color={late ? 'red' : 'green'}
      word={late ? `${duration(pastDue * 1_000)} late` : 'On time'}
      hint={`Oldest past-due retry: ${duration(pastDue * 1_000)}. ${
        liveness === 'live' ? 'Live.' : 'Asked for every few seconds.'
      }`}
    />
  );
}

function State({ color, word, hint }: { color: string; word: string; hint: string }): ReactNode {
  return (
    <Tooltip label={hint}>
      <Badge component={Link} to="/" color={color} variant="light" tt="none" style={{ cursor: 'pointer' }}>
        {word}
      </Badge>
    </Tooltip>
  );
}
