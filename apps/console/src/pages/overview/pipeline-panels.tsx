import { Box, Group, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Pipeline } from '../../api/state.js';
import { count, duration } from '../../ui/format.js';
import { Panel } from '../../ui/panel.js';

/** Retries of all organizations, by how long they wait: a tier that is late is the first sign of a delivery that cannot keep up. */
export function WaitingByTier({ pipeline }: { pipeline: Pipeline }): ReactNode {
  const tiers = pipeline.tiers ?? [];
  const most = Math.max(1, ...tiers.map(({ waiting }) => waiting));
  return (
    <Panel title="Waiting for a retry" intro="By tier, over the whole pipeline">
      {pipeline.tiers === null && <Unknown />}
      <Stack gap="xs" component="ul" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
        {tiers.map(({ tier, waiting, past_due_seconds: pastDue }) => (
          <Box component="li" key={tier}>
            <Group justify="space-between" gap="xs">
              <Text size="sm">after {tier}</Text>
              <Text size="sm">
                {count(waiting)} waiting
                {pastDue > 0 && (
                  <Text span inherit style={{ color: 'var(--console-bad)' }}>
                    , {duration(pastDue * 1_000)} late
                  </Text>
                )}
              </Text>
            </Group>
            {waiting > 0 && <div className="tier-bar" style={{ width: `${(waiting / most) * 100}%` }} />}
          </Box>
        ))}
      </Stack>
    </Panel>
  );
}

const Unknown = (): ReactNode => <Text size="sm">Not known: Kafka could not be asked.</Text>;

/** How far each step of the pipeline is behind what has arrived. */
export function Consumers({ pipeline }: { pipeline: Pipeline }): ReactNode {
  return (
    <Panel title="Steps of the pipeline" intro="What has arrived and was not yet taken on">
      {pipeline.lag === null && <Unknown />}
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Step</Table.Th>
            <Table.Th scope="col">Reads</Table.Th>
            <Table.Th scope="col" ta="right">
              Behind by
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(pipeline.lag ?? []).map(({ group, topic, records }) => (
            <Table.Tr key={`${group} ${topic}`}>
              <Table.Td>{group}</Table.Td>
              <Table.Td className="mono">{topic}</Table.Td>
              <Table.Td ta="right">{count(records)}</Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Td>history</Table.Td>
            <Table.Td>what this console shows</Table.Td>
            <Table.Td ta="right">
              {pipeline.history_lag_seconds === null ? '–' : duration(pipeline.history_lag_seconds * 1_000)}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
