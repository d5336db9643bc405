import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { asking, useChange } from '../../api/queries.js';
import { useMay } from '../../api/session.js';
import { Json } from '../../ui/code.js';
import { Waiting } from '../../ui/data-table.js';
import { Facts } from '../../ui/facts.js';
import { bothTimes, count } from '../../ui/format.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { Time } from '../../ui/time.js';
import { WebhookName } from '../deliveries/delivery-table.js';
import { isOver, ReplayProgress, ReplayState, SOURCES } from './replay-state.js';

type Replay = Schemas['Replay'];

const RUNNING_MS = 1_000;

export function Component(): ReactNode {
  const { prn = '' } = useParams();
  const { data, error } = useQuery({
    ...asking('GET /replays/{prn}', { path: { prn } }),
    refetchInterval: ({ state }) => (state.data && isOver(state.data.replay) ? false : RUNNING_MS),
  });
  const replay = data?.replay;
  return (
    <Page
      title={replay?.dry_run ? 'Dry run' : 'Replay'}
      parent={['/replays', 'Replays']}
      intro={replay && SOURCES[replay.source]}
      actions={replay && <Steering replay={replay} />}
    >
      <ProblemAlert error={error} title="The replay could not be read" />
      {replay === undefined ? error === null && <Waiting /> : <ReplayPanel replay={replay} />}
    </Page>
  );
}

export function ReplayPanel({ replay }: { replay: Replay }): ReactNode {
  const { progress, filter } = replay;
  return (
    <Panel title="Progress">
      <Stack gap="xs">
        <ReplayProgress replay={replay} size="lg" />
        <Text size="sm" role="status">
          {replay.dry_run
            ? `${count(progress.matched)} deliveries would be sent; ${count(progress.scanned)} records looked at.`
            : `${count(progress.sent)} sent of ${count(progress.matched)} that match; ${count(progress.skipped)} left out, ${count(progress.scanned)} records looked at${
                progress.total_estimate === null ? '' : ` of about ${count(progress.total_estimate)}`
              }.`}
        </Text>
      </Stack>
      <Facts
        facts={[
          ['State', <ReplayState key="state" replay={replay} />],
          ['Webhook', <WebhookName key="webhook" prn={replay.webhook_prn} />],
          ['From', bothTimes(new Date(replay.from))],
          ['Until', bothTimes(new Date(replay.to))],
          ['Rate', `${count(replay.rate_per_second)} in a second`],
          ['Asked for', <Time key="asked" at={replay.inserted_at} />],
          ['Ended', <Time key="ended" at={replay.ended_at} none="not yet" />],
        ]}
      />
      {Object.keys(filter).length > 0 && <Json value={filter} label="Filter" note="as it was when it was asked for" />}
      <Anchor component={Link} to={`/deliveries?webhook=${replay.webhook_prn}`} size="sm">
        Deliveries of the webhook
      </Anchor>
    </Panel>
  );
}

const STALE = ['/replays'];

function Steering({ replay: { prn, state } }: { replay: Replay }): ReactNode {
  const mayReplay = useMay('replay');
  const pause = useChange('POST /replays/{prn}/pause', STALE);
  const resume = useChange('POST /replays/{prn}/resume', STALE);
  const cancel = useChange('POST /replays/{prn}/cancel', STALE);
  if (!mayReplay || isOver({ state })) return null;
  const ask = { path: { prn } };
  const error = pause.error ?? resume.error ?? cancel.error;
  return (
    <>
      {state === 'paused' ? (
        <Button loading={resume.isPending} onClick={() => resume.mutate(ask)}>
          Resume
        </Button>
      ) : (
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate(ask)}>
          Pause
        </Button>
      )}
      <Button color="red" variant="light" loading={cancel.isPending} onClick={() => cancel.mutate(ask)}>
        Cancel it
      </Button>
      <ProblemAlert error={error} />
    </>
  );
}
