import { Badge, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import { latency } from '../../ui/format.js';
import { Time } from '../../ui/time.js';
import { Exchange, StageTrack } from './exchange.js';
import { deadWords, wordsOf } from './outcome.js';
import type { SentRequest } from './sent-request.js';

type Attempt = Schemas['Attempt'];

interface Props {
  attempt: Attempt;
  /** Undefined while what was sent is not known. */
  request: SentRequest | undefined;
}

/** One attempt: how far it came, what was sent, what came back, what is next. */
export function AttemptItem({ attempt, request }: Props): ReactNode {
  const { outcome, status, detail, next, latency_ms: latencyMs, address, response_excerpt: excerpt } = attempt;
  const isGood = outcome === 'delivered';
  const { says, advice } = wordsOf(outcome);
  return (
    <Group component="li" align="flex-start" wrap="nowrap" gap="sm">
      <div className="timeline-dot" style={{ background: isGood ? 'var(--console-good)' : 'var(--console-bad)' }} />
      <Stack gap={6} flex={1} miw={0}>
        <Group gap="xs">
          <Text fw={600}>
            {attempt.series === null ? 'Attempt' : 'Sent again, attempt'} {attempt.attempt}: {says}
          </Text>
          {status !== null && (
            <Badge color={isGood ? 'green' : 'red'} variant="light">
              {status}
            </Badge>
          )}
          <Text size="sm" c="dimmed">
            <Time at={attempt.started_at} />, {latency(latencyMs)}
            {address !== null && <>, to {address}</>}
          </Text>
        </Group>
        <StageTrack outcome={outcome} stage={attempt.stage} />
        {detail !== null && <Text size="sm">{detail}</Text>}
        {!isGood && advice !== undefined && (
          <Text size="sm" c="dimmed">
            {advice}
          </Text>
        )}
        <Next next={next} />
        <Exchange
          status={status}
          excerpt={excerpt}
          request={request}
          isOpen={!isGood && excerpt !== null && excerpt !== ''}
        />
      </Stack>
    </Group>
  );
}

function Next({ next }: { next: Attempt['next'] }): ReactNode {
  if (next === null) return null;
  if (next.kind === 'dead')
    return (
      <Text size="sm" c="var(--console-bad)">
        No further attempt: {deadWords(next.reason)}.
      </Text>
    );
  return (
    <Text size="sm">
      Next attempt: after {next.tier}
      {next.due_at !== null && (
        <>
          , due <Time at={next.due_at} />
        </>
      )}
    </Text>
  );
}
