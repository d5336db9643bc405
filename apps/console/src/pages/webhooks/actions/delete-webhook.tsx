import { Button, List, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { useChange } from '../../../api/queries.js';
import { healthOf } from '../../../api/state.js';
import { Confirm } from '../../../ui/confirm.js';
import { count, hostOf } from '../../../ui/format.js';

/** What has to be typed: a click alone deletes nothing. */
const WORD = 'delete';

export function DeleteWebhook({ webhook: { prn, url } }: { webhook: Schemas['Webhook'] }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  const { data: health } = useQuery(healthOf(prn));
  const remove = useChange('DELETE /webhooks/{prn}', ['/webhooks', '/overview'], { isLeaving: true });
  const waiting = health?.data.waiting ?? 0;
  return (
    <>
      <Button variant="default" onClick={open}>
        Delete
      </Button>
      <Confirm
        opened={isOpen}
        onClose={close}
        title={`Delete the webhook of ${hostOf(url)}?`}
        action="Delete it for good"
        danger
        disabled={typed.trim().toLowerCase() !== WORD}
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ path: { prn } }, { onSuccess: () => void navigate('/webhooks') })}
      >
        <Text size="sm">What will be lost:</Text>
        <List size="sm">
          <List.Item>
            {waiting === 0
              ? 'No delivery waits for a retry now; one that fails from now on is given up.'
              : `${count(waiting)} deliveries that wait for a retry: they are given up.`}
          </List.Item>
          <List.Item>Its secrets: a new webhook for the same URL gets another one.</List.Item>
          <List.Item>Its bookmark, filter and settings. The history of its deliveries stays for its 30 days.</List.Item>
        </List>
        <Text size="sm">To stop it for a while, disable it instead.</Text>
        <TextInput
          label={`Type “${WORD}” to go on`}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
      </Confirm>
    </>
  );
}
