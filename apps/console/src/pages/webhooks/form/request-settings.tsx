import { Accordion, Button, Group, PasswordInput, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { fieldProblem } from '../../../api/problem.js';
import { numberProblem } from '../../../ui/whole-number.js';
import type { WebhookDraft } from './webhook-draft.js';

interface Props {
  draft: WebhookDraft;
  onChange: (changes: Partial<WebhookDraft>) => void;
  error: Error | null;
  kept?: { readonly headerNames: readonly string[]; readonly hasBasicAuth: boolean };
}

const LIMITS = [
  ['timeoutMs', 'timeout_ms', 'Time limit in ms', '1,000 to 30,000; without it 10,000'],
  ['maxConcurrency', 'max_concurrency', 'Attempts at once', '1 to 200; without it 20'],
  ['ratePerSecond', 'rate_per_second', 'Attempts in a second', '1 to 10,000; without it no limit'],
] as const;

/** How the endpoint is called: most webhooks need none of it. */
export function RequestSettings({ draft, onChange, error, kept }: Props): ReactNode {
  return (
    <Accordion variant="contained">
      <Accordion.Item value="request">
        <Accordion.Control>Limits, headers and credentials</Accordion.Control>
        <Accordion.Panel>
          <Stack>
            <SimpleGrid cols={{ base: 1, sm: 3 }}>
              {LIMITS.map(([key, field, label, description]) => (
                <TextInput
                  key={key}
                  label={label}
                  description={description}
                  inputMode="numeric"
                  value={draft[key]}
                  onChange={({ currentTarget }) => onChange({ [key]: currentTarget.value })}
                  error={numberProblem(draft[key]) ?? fieldProblem(error, field)}
                />
              ))}
            </SimpleGrid>
            {draft.headers === undefined ? (
              <Sealed
                what={kept?.headerNames.length ? `Headers: ${kept.headerNames.join(', ')}` : 'No headers of its own'}
                onReplace={() => onChange({ headers: '' })}
              />
            ) : (
              <Textarea
                label="Headers"
                description="One a line, name: value. Values are sealed, and never shown again"
                placeholder="x-tenant: acme"
                autosize
                minRows={2}
                classNames={{ input: 'mono' }}
                value={draft.headers}
                onChange={({ currentTarget }) => onChange({ headers: currentTarget.value })}
                error={fieldProblem(error, 'headers')}
              />
            )}
            {draft.changesBasicAuth ? (
              <SimpleGrid cols={{ base: 1, sm: 2 }}>
                <TextInput
                  label="User name"
                  description="For basic authentication; empty for none"
                  autoComplete="off"
                  value={draft.username}
                  onChange={({ currentTarget }) => onChange({ username: currentTarget.value })}
                  error={fieldProblem(error, 'basic_auth')}
                />
                <PasswordInput
                  label="Password"
                  description="Sealed, and never shown again"
                  autoComplete="new-password"
                  visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
                  value={draft.password}
                  onChange={({ currentTarget }) => onChange({ password: currentTarget.value })}
                />
              </SimpleGrid>
            ) : (
              <Sealed
                what={kept?.hasBasicAuth ? 'It has a user name and a password' : 'No user name and password'}
                onReplace={() => onChange({ changesBasicAuth: true })}
              />
            )}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

const Sealed = ({ what, onReplace }: { what: string; onReplace: () => void }): ReactNode => (
  <Group justify="space-between">
    <Text size="sm">{what}</Text>
    <Button variant="default" size="xs" onClick={onReplace}>
      Replace
    </Button>
  </Group>
);
