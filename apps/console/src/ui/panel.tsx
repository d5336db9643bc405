import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  title?: string;
  intro?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page, on a surface of its own. */
export function Panel({ title, intro, actions, children }: Props): ReactNode {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="sm">
        {title !== undefined && (
          <Group justify="space-between" gap="xs">
            <div>
              <Title order={2} size="h5">
                {title}
              </Title>
              {intro !== undefined && (
                <Text size="sm" c="dimmed" component="div">
                  {intro}
                </Text>
              )}
            </div>
            {actions}
          </Group>
        )}
        {children}
      </Stack>
    </Paper>
  );
}

/** What to do where there is nothing yet. */
export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  return (
    <Stack gap="xs" py="lg" px="xs" maw={640}>
      <Text fw={600}>{title}</Text>
      {children}
    </Stack>
  );
}
