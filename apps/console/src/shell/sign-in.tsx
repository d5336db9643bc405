import { Anchor, Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { Problem } from '../api/problem.js';
import { useSignIn } from '../api/session.js';
import { ProblemAlert } from '../ui/problem-alert.js';

const UNKNOWN_KEY = 'This is not the key of an organization here, or it was revoked or has ended.';

/** The key goes to the API once and comes back as a cookie. */
export function SignIn(): ReactNode {
  const [apiKey, setApiKey] = useState('');
  const signIn = useSignIn();
  useEffect(() => {
    document.title = 'Sign in · Fleethook';
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (apiKey.trim() !== '') signIn.mutate(apiKey.trim());
  };
  const isUnknownKey = signIn.error instanceof Problem && signIn.error.status === 401;
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" w={420} maw="100%">
        <form onSubmit={submit}>
          <Stack>
            <div>
              <Title order={1} size="h2">
                Fleethook
              </Title>
              <Text c="dimmed" size="sm">
                Signed webhooks for device fleets
              </Text>
            </div>
            <PasswordInput
              label="API key"
              description="With the scope read to look, and configure or replay to change things."
              value={apiKey}
              onChange={({ currentTarget }) => setApiKey(currentTarget.value)}
              error={isUnknownKey ? UNKNOWN_KEY : undefined}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the key', tabIndex: 0 }}
              data-autofocus
              autoFocus
              required
              withAsterisk={false}
            />
            {!isUnknownKey && <ProblemAlert error={signIn.error} title="Signing in did not work" />}
            <Button type="submit" loading={signIn.isPending}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              With <Code>npm start</Code> the key is in <Code>.fleethook/standalone.json</Code> as <Code>apiKey</Code>.
              The API is described at{' '}
              <Anchor href="/docs" underline="always">
                /docs
              </Anchor>
              .
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
