import { Accordion, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { TIMEOUT_STAGES, type Schemas } from '@fleethook/contract';
import { Code } from '../../ui/code.js';
import { STAGE_WORDS, stagesPassed } from './outcome.js';
import { headerLines, type SentRequest } from './sent-request.js';

interface StagesProps {
  outcome: string;
  stage: Schemas['TimeoutStage'] | null;
}

/** How far an attempt came. */
export function StageTrack({ outcome, stage }: StagesProps): ReactNode {
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

interface ExchangeProps {
  status: number | null;
  /** Null: nobody knows it. */
  excerpt: string | null;
  /** Null: they are not kept. */
  headers?: readonly { readonly name: string; readonly value: string }[] | null;
  /** Undefined while what was sent is not known. */
  request: SentRequest | undefined;
  /** The response unfolded. */
  isOpen: boolean;
  /** Why an answer that came has no text here. */
  withheld?: string;
}

/** What was sent, and what came back. */
export function Exchange({ status, excerpt, headers, request, isOpen, withheld }: ExchangeProps): ReactNode {
  return (
    <Accordion variant="contained" multiple defaultValue={isOpen ? ['response'] : []}>
      <Accordion.Item value="response">
        <Accordion.Control>Response{status !== null && ` ${status}`}</Accordion.Control>
        <Accordion.Panel role="group">
          <Stack gap="sm">
            {headers && (
              <Code text={headers.map(({ name, value }) => `${name}: ${value}`).join('\n')} label="Response headers" />
            )}
            {excerpt === null || excerpt === '' ? (
              <Text size="sm">{noBody(status, excerpt, withheld)}</Text>
            ) : (
              <Code text={excerpt} label="Response body" note="the first 4 KiB are kept" />
            )}
          </Stack>
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
  );
}

function noBody(status: number | null, excerpt: string | null, withheld: string | undefined): string {
  if (status === null) return 'No answer came.';
  return excerpt === null && withheld !== undefined ? withheld : 'The answer had no body.';
}
