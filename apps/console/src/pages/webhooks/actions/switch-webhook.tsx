import { Anchor, Button, Modal, Radio, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../../api/contract.js';
import { useChange } from '../../../api/queries.js';
import { Confirm } from '../../../ui/confirm.js';
import { bothTimes } from '../../../ui/format.js';

type Webhook = Schemas['Webhook'];

export function DisableWebhook({ webhook: { prn } }: { webhook: Webhook }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const update = useChange('PATCH /webhooks/{prn}', ['/webhooks', '/overview']);
  return (
    <>
      <Button variant="default" onClick={open}>
        Disable
      </Button>
      <Confirm
        opened={isOpen}
        onClose={close}
        title="Disable the webhook?"
        action="Disable"
        isPending={update.isPending}
        error={update.error}
        onConfirm={() => update.mutate({ path: { prn }, body: { state: 'disabled' } }, { onSuccess: close })}
      >
        <Text size="sm">
          Nothing is sent to it any more, and what waits for a retry is given up. A bookmark is left: when it is enabled
          again, you can have sent what it has missed, as far back as events are kept (7 days).
        </Text>
      </Confirm>
    </>
  );
}

type Start = 'now' | 'bookmark';

export function EnableWebhook({ webhook: { prn, disabled_at: disabledAt } }: { webhook: Webhook }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [start, setStart] = useState<Start>('bookmark');
  const update = useChange('PATCH /webhooks/{prn}', ['/webhooks', '/overview', '/replays']);
  const [replay, setReplay] = useState<string>();
  return (
    <>
      <Button onClick={open}>Enable</Button>
      <Confirm
        opened={isOpen}
        onClose={close}
        title="Enable the webhook"
        action="Try the endpoint and enable"
        isPending={update.isPending}
        error={update.error}
        onConfirm={() =>
          update.mutate(
            { path: { prn }, body: { state: 'enabled', resume_from: start } },
            {
              onSuccess: ({ replay_prn: started }) => {
                close();
                setReplay(started);
              },
            },
          )
        }
      >
        <Text size="sm">It is called with a test event, and stays disabled unless that answers 200.</Text>
        <Radio.Group
          label="Which events"
          value={start}
          onChange={(value) => setStart(value === 'now' ? 'now' : 'bookmark')}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="bookmark"
              label="From where it stopped"
              description={
                disabledAt === null
                  ? 'What it has missed is sent by a replay'
                  : `What came since ${bothTimes(new Date(disabledAt))}, and what was given up then, is sent by a replay`
              }
            />
            <Radio
              value="now"
              label="From now"
              description="What came meanwhile is not sent, unless you replay it later"
            />
          </Stack>
        </Radio.Group>
      </Confirm>
      {replay !== undefined && <CatchingUp prn={replay} onClose={() => setReplay(undefined)} />}
    </>
  );
}

function CatchingUp({ prn, onClose }: { prn: string; onClose: () => void }): ReactNode {
  return (
    <Modal opened onClose={onClose} title="It catches up" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Text size="sm">
        A replay sends what it has missed.{' '}
        <Anchor component={Link} to={`/replays/${prn}`} inherit>
          Watch it
        </Anchor>
      </Text>
    </Modal>
  );
}
