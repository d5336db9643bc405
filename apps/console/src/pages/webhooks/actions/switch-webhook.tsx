import { Anchor, Button, Modal, Radio, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@fleethook/contract';
import { useChange } from '../../../api/queries.js';
import { Confirm } from '../../../ui/confirm.js';
import { bothTimes } from '../../../ui/format.js';
import { FailedTestFire } from '../failed-test-fire.js';

type Webhook = Schemas['Webhook'];

type Start = Schemas['ResumePlace'];

/** Stays on the page whichever way it went, so that it can say what came of it. */
export function SwitchWebhook({ webhook }: { webhook: Webhook }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [start, setStart] = useState<Start>('bookmark');
  const [replay, setReplay] = useState<string>();
  const update = useChange('PATCH /webhooks/{prn}', ['/webhooks', '/overview', '/replays']);
  const isEnabled = webhook.state === 'enabled';
  const [asked, setAsked] = useState(isEnabled);
  const ask = (): void => {
    // What is asked about does not change while the dialog closes.
    setAsked(isEnabled);
    update.reset();
    open();
  };
  const confirm = (): void =>
    update.mutate(
      { path: { prn: webhook.prn }, body: asked ? { state: 'disabled' } : { state: 'enabled', resume_from: start } },
      {
        onSuccess: ({ replay_prn: started }) => {
          close();
          setReplay(started);
        },
      },
    );
  return (
    <>
      <Button variant={isEnabled ? 'default' : 'filled'} onClick={ask}>
        {isEnabled ? 'Disable' : 'Enable'}
      </Button>
      <Confirm
        opened={isOpen}
        onClose={close}
        title={asked ? 'Disable the webhook?' : 'Enable the webhook'}
        action={asked ? 'Disable' : 'Try the endpoint and enable'}
        isPending={update.isPending}
        error={update.error}
        onConfirm={confirm}
      >
        {asked ? <WhatDisablingDoes /> : <WhereToStart webhook={webhook} value={start} onChange={setStart} />}
        <FailedTestFire error={update.error} />
      </Confirm>
      {replay !== undefined && <CatchingUp prn={replay} onClose={() => setReplay(undefined)} />}
    </>
  );
}

const WhatDisablingDoes = (): ReactNode => (
  <Text size="sm">
    Nothing is sent to it any more, and what waits for a retry is given up. A bookmark is left: when it is enabled
    again, you can have sent what it has missed, as far back as events are kept (7 days).
  </Text>
);

interface StartProps {
  webhook: Webhook;
  value: Start;
  onChange: (start: Start) => void;
}

function WhereToStart({ webhook: { disabled_at: disabledAt }, value, onChange }: StartProps): ReactNode {
  return (
    <>
      <Text size="sm">It is called with a test event, and stays disabled unless that answers 200.</Text>
      <Radio.Group
        label="Which events"
        value={value}
        onChange={(next) => onChange(next === 'now' ? 'now' : 'bookmark')}
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
    </>
  );
}

function CatchingUp({ prn, onClose }: { prn: string; onClose: () => void }): ReactNode {
  return (
    <Modal opened onClose={onClose} title="It catches up" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Text size="sm">
        A replay sends what it has missed.{' '}
        <Anchor component={Link} to={`/replays/${prn}`} inherit underline="always">
          Watch it
        </Anchor>
      </Text>
    </Modal>
  );
}
