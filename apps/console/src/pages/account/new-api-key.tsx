import { Alert, Button, Checkbox, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { API_KEY_SCOPES } from '@fleethook/contract';
import { fieldProblem } from '../../api/problem.js';
import { useChange } from '../../api/queries.js';
import type { Scope } from '../../api/session.js';
import { Code } from '../../ui/code.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';

const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'look at everything',
  configure: 'change webhooks, keys and types of events',
  publish: 'send events to the intake',
  replay: 'send again',
};

const DAY_MS = 86_400_000;

const ENDS = [
  { value: '', label: 'never' },
  { value: '1', label: 'in a day' },
  { value: '30', label: 'in 30 days' },
  { value: '365', label: 'in a year' },
];

export function NewApiKey(): ReactNode {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['read']);
  const [days, setDays] = useState('');
  const create = useChange('POST /api-keys', ['/api-keys', '/audit-log']);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const expiresAt =
      days === '' ? null : `${new Date(Date.now() + Number(days) * DAY_MS).toISOString().slice(0, 19)}Z`;
    create.mutate(
      { body: { name: name.trim(), scopes: scopes as Scope[], expires_at: expiresAt } },
      { onSuccess: () => setName('') },
    );
  };
  return (
    <Panel title="Create a key">
      {create.data && (
        <Alert color="green" title={`The key “${create.data.api_key.name}”, this once`}>
          <Text size="sm">It is shown here and never again.</Text>
          <Code label="API key" text={create.data.api_key.key} />
        </Alert>
      )}
      <form onSubmit={submit} noValidate>
        <Group align="flex-start">
          <TextInput
            label="Name"
            placeholder="What it is for"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={fieldProblem(create.error, 'name')}
            flex="1 1 220px"
          />
          <NativeSelect
            label="Ends"
            data={ENDS}
            value={days}
            onChange={({ currentTarget }) => setDays(currentTarget.value)}
            error={fieldProblem(create.error, 'expires_at')}
            flex="0 1 160px"
          />
        </Group>
        <Checkbox.Group
          label="It may"
          value={scopes}
          onChange={setScopes}
          error={fieldProblem(create.error, 'scopes')}
          mt="sm"
        >
          <Group mt={6}>
            {API_KEY_SCOPES.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} description={SCOPE_WORDS[scope]} />
            ))}
          </Group>
        </Checkbox.Group>
        <ProblemAlert error={create.error} title="No key was created" shown={['name', 'scopes', 'expires_at']} />
        <Button type="submit" mt="md" loading={create.isPending} disabled={name.trim() === '' || scopes.length === 0}>
          Create the key
        </Button>
      </form>
    </Panel>
  );
}
