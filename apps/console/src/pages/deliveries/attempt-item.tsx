import { Accordion, Badge, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { TIMEOUT_STAGES, type Schemas } from '@fleethook/contract';
import { Code } from '../../ui/code.js';
import { latency } from '../../ui/format.js';
import { Time } from '../../ui/time.js';
import { deadWords, STAGE_WORDS, stagesPassed, wordsOf } from './outcome.js';
import { headerLines, type SentRequest } from './sent-request.js';

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
        <StageTrack attempt={attempt} />
        {detail !== null && <Text size="sm">{detail}</Text>}
        {!isGood && advice !== undefined && (
          <Text size="sm" c="dimmed">
            {advice}
          </Text>
        )}
        <Next next={next} />
        <Accordion
          variant="contained"
          multiple
          defaultValue={isGood || excerpt === null || excerpt === '' ? [] : ['response']}
        >
          <Accordion.Item value="response">
            <Accordion.Control>Response{status !== null && ` ${status}`}</Accordion.Control>
            <Accordion.Panel role="group">
              {excerpt === null || excerpt === '' ? (
                <Text size="sm">{status === null ? 'No answer came.' : 'The answer had no body.'}</Text>
              ) : (
                <Code text={excerpt} label="Response body" note="the first 4 KiB are kept" />
              )}
            </Accordion.Panel>
          </Accordion.Item>
          {request && (
            <Accordion.Item value="request">
              <Accordion.Control>Request</Accordion.Control>
              <Accordion.Panel role="group">
                <Stack gap="sm">
                  <Code text={headerLines(request)} label="Request headers" note={request.note} />
                  <Code text={request.body} label="Request body" note="byte for byte as sent" />
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          )}
        </Accordion>
      </Stack>
    </Group>
  );
}

function StageTrack({ attempt: { outcome, stage } }: { attempt: Attempt }): ReactNode {
  const passed = stagesPassed(outcome, stage);
  if (passed === 0 && stage === null) return null;
  return (
    <Group gap={6} component="ol" className="stages" aria-label="Stages of the attempt">
      {TIMEOUT_STAGES.slice(0, passed + 1).map((name, index) => (
        <Text key={name} component="li" size="xs" c={index < passed ? 'dimmed' : 'var(--console-bad)'}>
          {index < passed ? `✓ ${STAGE_WORDS[name]}` : `✗ ended before: ${STAGE_WORDS[name]}`}
        </Text>
      ))}
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
