import { Button, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import { asking, useChange } from '../../../api/queries.js';
import { Confirm } from '../../../ui/confirm.js';
import { bothTimes, duration } from '../../../ui/format.js';
import { Panel } from '../../../ui/panel.js';
import { useNow } from '../../../ui/time.js';
import { SecretOnce } from '../secret-once.js';
import { liveSecretsIn } from './live-secrets.js';

const OVERLAPS = [
  { value: '0', label: 'None: the old secret ends at once' },
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '7 days' },
];

/** A new secret beside the old one, for as long as receivers need to change over. */
export function RollSecret({ webhook: { prn } }: { webhook: Schemas['Webhook'] }): ReactNode {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [overlap, setOverlap] = useState('86400');
  const [rolled, setRolled] = useState<Schemas['RevealedWebhook']>();
  const roll = useChange('POST /webhooks/{prn}/roll_secret', ['/webhooks', '/audit-log']);
  return (
    <>
      <Panel
        title="Secret"
        actions={
          <Button size="xs" variant="default" onClick={open}>
            Roll it
          </Button>
        }
      >
        <Overlap prn={prn} />
      </Panel>
      {rolled && (
        <SecretOnce secret={rolled.secret} standardSecret={rolled.standard_webhooks_secret}>
          <Text size="sm">Requests are signed with every live secret, so that either fits.</Text>
        </SecretOnce>
      )}
      <Confirm
        opened={isOpen}
        onClose={close}
        title="Roll the secret"
        action="Roll it"
        isPending={roll.isPending}
        error={roll.error}
        onConfirm={() =>
          roll.mutate(
            { path: { prn }, body: { webhook_ttl: Number(overlap) } },
            {
              onSuccess: ({ webhook }) => {
                setRolled(webhook);
                close();
              },
            },
          )
        }
      >
        <Stack gap="xs">
          <Text size="sm">
            The new secret is shown once. While both are live, every request carries a signature of each, so that
            receivers can change over at any time.
          </Text>
          <Select
            label="How long the old secret stays live"
            data={OVERLAPS}
            value={overlap}
            onChange={(value) => setOverlap(value ?? '0')}
            allowDeselect={false}
          />
        </Stack>
      </Confirm>
    </>
  );
}

/** From the audit log: when each of the secrets that came before ends. */
function Overlap({ prn }: { prn: string }): ReactNode {
  const nowMs = useNow(1_000);
  const { data } = useQuery(
    asking('GET /audit-log', { query: { resource_prn: prn, action: 'webhook.secret_rolled', limit: 1 } }),
  );
  const endsAtMs = liveSecretsIn(data?.audit_log[0]?.after).filter((atMs) => atMs > nowMs);
  if (endsAtMs.length === 0)
    return <Text size="sm">One secret is live. It is shown to nobody again; lost, it is rolled.</Text>;
  return endsAtMs.map((atMs) => (
    <Text size="sm" key={atMs} role="timer">
      An old secret is live for another <strong>{duration(atMs - nowMs)}</strong>, until {bothTimes(new Date(atMs))}.
    </Text>
  ));
}
