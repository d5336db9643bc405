import { Badge, Button, Group, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import { useChange, usePages } from '../../api/queries.js';
import { useMay, useSession } from '../../api/session.js';
import { PagedTable, type Column } from '../../ui/data-table.js';
import { Confirm } from '../../ui/confirm.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { PrnText } from '../../ui/prn.js';
import { Time } from '../../ui/time.js';
import { NewApiKey } from './new-api-key.js';

type ApiKey = Schemas['ApiKey'];

export function Component(): ReactNode {
  const mayConfigure = useMay('configure');
  const pages = usePages('GET /api-keys', 'api_keys', { query: { order: 'desc' } });
  const [revoking, setRevoking] = useState<ApiKey>();
  return (
    <Page
      title="API keys"
      intro="For programs, command lines and this console. A key is shown once, when it is created."
    >
      {mayConfigure && <NewApiKey />}
      <Panel title="Keys">
        <PagedTable
          label="API keys"
          pages={pages}
          columns={columnsWith(mayConfigure ? setRevoking : undefined)}
          keyOf={({ prn }) => prn}
          empty={<Text size="sm">There are no keys here.</Text>}
        />
      </Panel>
      {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </Page>
  );
}

const columnsWith = (onRevoke: ((apiKey: ApiKey) => void) | undefined): readonly Column<ApiKey>[] => [
  { name: 'Name', cell: ({ name }) => <strong>{name}</strong> },
  {
    name: 'May',
    cell: ({ scopes }) => (
      <Group gap={4}>
        {scopes.map((scope) => (
          <Badge key={scope} variant="default" tt="none" fw={400}>
            {scope}
          </Badge>
        ))}
      </Group>
    ),
  },
  { name: 'Created', cell: ({ inserted_at: at }) => <Time at={at} /> },
  { name: 'Ends', cell: ({ expires_at: at }) => <Time at={at} none="never" /> },
  { name: 'PRN', cell: ({ prn }) => <PrnText prn={prn} what="the key's PRN" /> },
  {
    name: 'Change',
    cell: (apiKey) =>
      onRevoke && (
        <Button size="xs" variant="default" onClick={() => onRevoke(apiKey)} aria-label={`Revoke ${apiKey.name}`}>
          Revoke
        </Button>
      ),
  },
];

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }): ReactNode {
  const { session } = useSession();
  const revoke = useChange('DELETE /api-keys/{prn}', ['/api-keys', '/audit-log']);
  const isOwn = session?.api_key.prn === apiKey.prn;
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Revoke the key “${apiKey.name}”?`}
      action="Revoke it"
      danger
      isPending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate({ path: { prn: apiKey.prn } }, { onSuccess: onClose })}
    >
      <Text size="sm">Whoever uses it is refused from then on, within seconds. It cannot be taken back.</Text>
      {isOwn && (
        <Text size="sm" fw={600}>
          It is the key that you are signed in with: this session ends, too.
        </Text>
      )}
    </Confirm>
  );
}
