import { Box, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Copy } from './copy.js';

/** Text as it is, with a way to copy it. @param label says what it is; also the name of its copy button */
export function Code({ text, label, note }: { text: string; label: string; note?: ReactNode }): ReactNode {
  return (
    <Box>
      <Group justify="space-between" gap="xs" mb={4} wrap="nowrap">
        <Text size="sm" fw={600}>
          {label}{' '}
          {note !== undefined && (
            <Text span size="xs" c="dimmed" fw={400}>
              {note}
            </Text>
          )}
        </Text>
        <Copy text={text} label={label.toLowerCase()} />
      </Group>
      {/* Scrolls when it is long: so the keyboard must reach it. */}
      <pre className="code" tabIndex={0} role="group" aria-label={label}>
        {text}
      </pre>
    </Box>
  );
}

export const Json = ({ value, label, note }: { value: unknown; label: string; note?: ReactNode }): ReactNode => (
  <Code text={JSON.stringify(value, undefined, 2)} label={label} note={note} />
);
