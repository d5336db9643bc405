import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Problem } from '../../api/problem.js';
import { latency } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { Exchange, StageTrack } from '../deliveries/exchange.js';
import { wordsOf } from '../deliveries/outcome.js';
import { latestRequestOf } from '../deliveries/sent-request.js';

const WITHHELD =
  'What it answered is not shown, for its address is within the network of Fleethook. The log of the receiver has it.';

/** All that passed between Fleethook and an endpoint that did not pass its verification; nothing for any other error. */
export function FailedTestFire({ error }: { error: Error | null }): ReactNode {
  const fire = error instanceof Problem ? error.testFire : undefined;
  if (fire === undefined) return null;
  const { outcome, stage, status, started_at: at, latency_ms: latencyMs } = fire;
  const { says, advice } = wordsOf(outcome);
  return (
    <Panel
      title="What came of the test event"
      intro={
        <>
          {says}
          {status !== null && ` (${status})`}: <Time at={at} />, {latency(latencyMs)}
        </>
      }
    >
      <StageTrack outcome={outcome} stage={stage} />
      <Text size="sm" c="dimmed">
        {status === null ? advice : 'A test event must be answered with exactly 200.'}
      </Text>
      <Exchange
        // A further try shows its own answer, unfolded.
        key={fire.request.headers.find(({ name }) => name === 'webhook-id')?.value}
        status={status}
        excerpt={fire.response_excerpt}
        headers={fire.response_headers}
        request={latestRequestOf(fire.request)}
        withheld={WITHHELD}
        isOpen
      />
    </Panel>
  );
}
