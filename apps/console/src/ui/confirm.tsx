import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.js';

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** The verb on the button. */
  action: string;
  danger?: boolean;
  disabled?: boolean;
  isPending: boolean;
  error: Error | null;
  shown?: readonly string[];
  onConfirm: () => void;
}

/** Asks before something that cannot be taken back, or that needs a choice. */
export function Confirm(props: Props): ReactNode {
  const { opened, onClose, title, children, action, danger = false, disabled = false, isPending, error, shown } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="md">
        {children}
        <ProblemAlert error={error} {...(shown && { shown })} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color={danger ? 'red' : 'indigo'} loading={isPending} disabled={disabled} onClick={props.onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
