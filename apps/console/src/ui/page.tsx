import { Anchor, Box, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { Link } from 'react-router';

interface Props {
  title: string;
  /** A sentence under it. */
  intro?: ReactNode;
  /** Where this page belongs: address and name. */
  parent?: readonly [to: string, name: string];
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: its name in the heading and in the window's title. */
export function Page({ title, intro, parent, actions, children }: Props): ReactNode {
  useEffect(() => {
    document.title = `${title} · Fleethook`;
  }, [title]);
  return (
    <Stack gap="lg">
      <Box>
        {parent && (
          <Anchor component={Link} to={parent[0]} size="sm">
            ← {parent[1]}
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Box miw={0} maw="100%">
            <Title order={1} size="h2" className="page-title">
              {title}
            </Title>
            {intro !== undefined && (
              <Text c="dimmed" size="sm" mt={2} component="div">
                {intro}
              </Text>
            )}
          </Box>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  );
}
