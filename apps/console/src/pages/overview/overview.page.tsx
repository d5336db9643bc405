import { Box, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { useOutletContext, useSearchParams } from 'react-router';
import { LAST_MINUTE_KEY, type LastMinute, type Liveness } from '../../api/live.js';
import { overviewOf, pipelineState, type Overview, type Period } from '../../api/state.js';
import { Waiting } from '../../ui/data-table.js';
import { count } from '../../ui/format.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { FirstSteps, NoEventsYet } from './first-steps.js';
import { LatestWarnings } from './latest-warnings.js';
import { Consumers, WaitingByTier } from './pipeline-panels.js';
import { Tiles } from './tiles.js';

const TrafficChart = lazy(() => import('../../charts/traffic-chart.js'));

const PERIODS: readonly { value: Period; label: string; words: string }[] = [
  { value: '1h', label: '1 h', words: 'the last hour' },
  { value: '24h', label: '24 h', words: 'the last 24 hours' },
  { value: '7d', label: '7 d', words: 'the last 7 days' },
  { value: '30d', label: '30 d', words: 'the last 30 days' },
];

export function Component(): ReactNode {
  const liveness = useOutletContext<Liveness>();
  const [search, setSearch] = useSearchParams();
  const period = PERIODS.find(({ value }) => value === search.get('period'))?.value ?? '24h';
  const overview = useQuery({ ...overviewOf(period), placeholderData: (last) => last });
  const pipeline = useQuery(pipelineState(liveness === 'live'));
  const data = overview.data?.data;
  const state = pipeline.data?.data;
  return (
    <Page
      title="Overview"
      intro={<Now liveness={liveness} />}
      actions={
        <SegmentedControl
          aria-label="Period"
          data={PERIODS.map(({ value, label }) => ({ value, label }))}
          value={period}
          onChange={(value) => setSearch({ period: value }, { replace: true })}
        />
      }
    >
      <ProblemAlert
        error={overview.error}
        title="The numbers could not be read"
        retry={() => void overview.refetch()}
      />
      <ProblemAlert error={pipeline.error} title="The state of the pipeline could not be read" />
      {data === undefined && overview.error === null && <Waiting />}
      {data !== undefined && (
        <>
          {data.webhooks.enabled + data.webhooks.disabled === 0 && <FirstSteps />}
          <Tiles overview={data} pipeline={state} />
          <Charts overview={data} period={period} />
        </>
      )}
      {state && (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <WaitingByTier pipeline={state} />
          <Stack>
            <LatestWarnings />
            <Consumers pipeline={state} />
          </Stack>
        </SimpleGrid>
      )}
    </Page>
  );
}

function Now({ liveness }: { liveness: Liveness }): ReactNode {
  // Filled by the stream alone.
  const { data } = useQuery<LastMinute>({
    queryKey: LAST_MINUTE_KEY,
    enabled: false,
    queryFn: () => Promise.reject(new Error('streamed')),
  });
  if (liveness === 'polling') return 'Not live: asked for every few seconds.';
  if (data === undefined) return 'Live.';
  return `Live. In the last minute: ${count(data.events)} events in, ${count(data.succeeded)} attempts delivered, ${count(data.failed)} failed.`;
}

function Charts({ overview, period }: { overview: Overview; period: Period }): ReactNode {
  const words = PERIODS.find(({ value }) => value === period)?.words ?? period;
  const { events, succeeded, failed } = overview.totals;
  const inWords = `${count(events)} events in ${words}`;
  const outWords = `${count(succeeded)} delivered and ${count(failed)} failed in ${words}`;
  if (events === 0 && succeeded + failed === 0) return <NoEventsYet period={words} />;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Panel title="Events in" intro={inWords}>
        <Chart label={`Chart: ${inWords}`}>
          <TrafficChart buckets={overview.buckets} period={period} kind="events" />
        </Chart>
      </Panel>
      <Panel title="Deliveries out" intro={outWords}>
        <Chart label={`Chart: ${outWords}`}>
          <TrafficChart buckets={overview.buckets} period={period} kind="deliveries" />
        </Chart>
      </Panel>
    </SimpleGrid>
  );
}

function Chart({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <Box h={220} role="img" aria-label={label}>
      <Suspense fallback={<Text c="dimmed">Drawing…</Text>}>{children}</Suspense>
    </Box>
  );
}
