import { Alert, Anchor, Button, Group, Radio, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Schemas } from '@fleethook/contract';
import { asking, useChange } from '../../api/queries.js';
import { useMay, useSession } from '../../api/session.js';
import { Waiting } from '../../ui/data-table.js';
import { Facts } from '../../ui/facts.js';
import { bothTimes } from '../../ui/format.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { PrnText } from '../../ui/prn.js';
import { Time } from '../../ui/time.js';

export function Component(): ReactNode {
  const { data, error } = useQuery(asking('GET /organization', {}));
  return (
    <Page title="Settings">
      <ProblemAlert error={error} title="The organization could not be read" />
      {data === undefined ? error === null && <Waiting /> : <Organization organization={data.organization} />}
      <Session />
      <Appearance />
      <Panel title="Reference">
        <Text size="sm">
          The{' '}
          <Anchor href="/docs" underline="always">
            Admin API
          </Anchor>
          , and its{' '}
          <Anchor href="/openapi.json" underline="always">
            OpenAPI document
          </Anchor>
          .
        </Text>
      </Panel>
    </Page>
  );
}

const DISABLE_AFTER = [
  ['24h', '1 day'],
  ['72h', '3 days (default)'],
  ['168h', '7 days'],
  ['720h', '30 days'],
  ['never', 'never'],
] as const;

function Organization({ organization }: { organization: Schemas['OwnOrganization'] }): ReactNode {
  const { prn, name, disable_after: current } = organization;
  const mayConfigure = useMay('configure');
  const [chosen, setChosen] = useState(current);
  const update = useChange('PATCH /organization', ['/organization', '/audit-log']);
  const options = DISABLE_AFTER.some(([value]) => value === current)
    ? DISABLE_AFTER
    : [...DISABLE_AFTER, [current, current] as const];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    update.mutate({ body: { disable_after: chosen } });
  };
  return (
    <Panel title="Organization">
      <Facts
        facts={[
          ['Name', name],
          ['PRN', <PrnText key="prn" prn={prn} what="the organization's PRN" />],
          ['Since', bothTimes(new Date(organization.inserted_at))],
        ]}
      />
      <form onSubmit={submit}>
        <Radio.Group
          label="Disable a webhook that fails all the time after"
          description="It leaves a bookmark: enabled again, it can have sent what it has missed"
          value={chosen}
          onChange={setChosen}
        >
          <Group mt="xs">
            {options.map(([value, label]) => (
              <Radio key={value} value={value} label={label} disabled={!mayConfigure} />
            ))}
          </Group>
        </Radio.Group>
        <ProblemAlert error={update.error} title="It was not stored" />
        {update.isSuccess && chosen === current && (
          <Alert color="green" role="status" mt="sm">
            Stored.
          </Alert>
        )}
        {mayConfigure && (
          <Button type="submit" mt="sm" loading={update.isPending} disabled={chosen === current}>
            Save
          </Button>
        )}
      </form>
    </Panel>
  );
}

function Session(): ReactNode {
  const { session } = useSession();
  if (!session) return null;
  return (
    <Panel title="This session">
      <Facts
        facts={[
          ['Key', session.api_key.name],
          ['It may', session.api_key.scopes.join(', ')],
          ['Ends', <Time key="ends" at={session.expires_at} />],
        ]}
      />
    </Panel>
  );
}

function Appearance(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Panel title="Appearance">
      <SegmentedControl
        aria-label="Appearance"
        data={[
          { value: 'auto', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
        value={colorScheme}
        onChange={(value) => setColorScheme(value)}
      />
    </Panel>
  );
}
