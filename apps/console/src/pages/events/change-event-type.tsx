import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { useChange } from '../../api/queries.js';
import { Confirm } from '../../ui/confirm.js';

/** Of a type that the organization registered. */
export function ChangeEventType({ name }: { name: string }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const remove = useChange('DELETE /event-types/{name}', ['/event-types', '/audit-log'], { isLeaving: true });
  return (
    <>
      <Button component={Link} to={`/event-types/${name}/edit`} variant="default">
        Edit
      </Button>
      <Button variant="default" onClick={open}>
        Remove
      </Button>
      <Confirm
        opened={isOpen}
        onClose={close}
        title={`Remove ${name}?`}
        action="Remove it"
        danger
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ path: { name } }, { onSuccess: () => void navigate('/event-types') })}
      >
        <Text size="sm">
          The intake refuses such events from then on, within seconds. It stays as long as a webhook is subscribed to
          it.
        </Text>
      </Confirm>
    </>
  );
}
