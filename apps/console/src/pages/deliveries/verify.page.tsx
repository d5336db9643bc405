import { Alert, Group, PasswordInput, SimpleGrid, Stack, Switch, Text, Textarea, ThemeIcon } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { asking } from '../../api/queries.js';
import { canSign } from '../../signing/secret.js';
import { headersFrom, verify, type Step, type Verdict } from '../../signing/verify-steps.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { latestRequestOf, type SentRequest } from './sent-request.js';

const TYPED_MS = 300;
const PLACEHOLDER = 'peridio-published-at: 2026-01-01T00:00:00Z\nperidio-signature: 9B0C6E59…';

/** What a receiver has to do, step by step, with what it got; all of it in the browser. */
export function Component(): ReactNode {
  const [search] = useSearchParams();
  const id = search.get('delivery');
  const delivery = useQuery({ ...asking('GET /deliveries/{id}', { path: { id: id ?? '' } }), enabled: id !== null });
  const request = delivery.data?.delivery.request;
  // Signatures of a webhook that was changed since would fit nothing that a receiver got.
  const sent = request?.as_sent === true ? latestRequestOf(request) : undefined;
  return (
    <Page
      title="Verify a signature"
      intro="Paste what your receiver got, to see which step fails. Nothing of it leaves this page: the secret is used by the browser's own cryptography."
    >
      {canSign() ? (
        <Verifier key={sent?.body} sent={sent} />
      ) : (
        <Alert color="yellow">Browsers offer their cryptography to pages over HTTPS or from localhost only.</Alert>
      )}
    </Page>
  );
}

function Verifier({ sent }: { sent: SentRequest | undefined }): ReactNode {
  const [secret, setSecret] = useState('');
  const [headers, setHeaders] = useState(() => signaturesIn(sent));
  const [body, setBody] = useState(sent?.body ?? '');
  const [judgesAge, setJudgesAge] = useState(true);
  const verdicts = useVerdicts(secret, headers, body, judgesAge);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} style={{ alignItems: 'start' }}>
      <Panel title="What came">
        <PasswordInput
          label="Secret of the webhook"
          description="32 hex digits, or whsec_ and base64"
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
          value={secret}
          onChange={({ currentTarget }) => setSecret(currentTarget.value)}
        />
        <Textarea
          label="Headers"
          description="As in your log, one a line; Peridio's, those of Standard Webhooks, or both"
          placeholder={PLACEHOLDER}
          autosize
          minRows={4}
          maxRows={12}
          classNames={{ input: 'mono' }}
          value={headers}
          onChange={({ currentTarget }) => setHeaders(currentTarget.value)}
        />
        <Textarea
          label="Raw body"
          description={
            sent === undefined
              ? 'The bytes before anything parsed them'
              : 'Filled in: what was sent. Replace it by what your receiver saw'
          }
          autosize
          minRows={4}
          maxRows={14}
          classNames={{ input: 'mono' }}
          value={body}
          onChange={({ currentTarget }) => setBody(currentTarget.value)}
        />
        <Switch
          label="Judge its age by this computer's clock"
          checked={judgesAge}
          onChange={({ currentTarget }) => setJudgesAge(currentTarget.checked)}
        />
      </Panel>
      <Stack aria-live="polite">
        {verdicts.length === 0 && (
          <Panel title="Step by step">
            <Text size="sm">Paste the secret and the headers to begin.</Text>
          </Panel>
        )}
        {verdicts.map((verdict) => (
          <VerdictPanel key={verdict.scheme} verdict={verdict} />
        ))}
      </Stack>
    </SimpleGrid>
  );
}

/** What of a request a receiver checks. */
const signaturesIn = (sent: SentRequest | undefined): string =>
  (sent?.headers ?? [])
    .filter(([name]) => /^(peridio|webhook)-/.test(name))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

function useVerdicts(secret: string, headers: string, body: string, judgesAge: boolean): readonly Verdict[] {
  // The same object until something is typed: another one would begin the wait anew.
  const typed = useMemo(() => ({ secret, headers, body, judgesAge }), [secret, headers, body, judgesAge]);
  const [input] = useDebouncedValue(typed, TYPED_MS);
  const [verdicts, setVerdicts] = useState<readonly Verdict[]>([]);
  useEffect(() => {
    let isLatest = true;
    const judge = async (): Promise<void> => {
      const found =
        input.secret === '' && input.headers === ''
          ? []
          : await verify({
              secret: input.secret,
              body: input.body,
              headers: headersFrom(input.headers),
              nowMs: input.judgesAge ? Date.now() : undefined,
            });
      if (isLatest) setVerdicts(found);
    };
    void judge();
    return () => {
      isLatest = false;
    };
  }, [input]);
  return verdicts;
}

function VerdictPanel({ verdict: { scheme, valid, steps } }: { verdict: Verdict }): ReactNode {
  return (
    <Panel title={scheme}>
      <Alert color={valid ? 'green' : 'red'} title={valid ? 'The signature fits' : 'The signature does not fit'} />
      <Stack component="ol" gap="sm" className="timeline">
        {steps.map((step) => (
          <StepItem key={step.title} step={step} />
        ))}
      </Stack>
    </Panel>
  );
}

const MARKS = {
  done: ['✓', 'green', 'right'],
  wrong: ['✗', 'red', 'wrong'],
  note: ['!', 'yellow', 'mind this'],
} as const;

function StepItem({ step: { title, detail, value, state } }: { step: Step }): ReactNode {
  const [mark, color, word] = MARKS[state];
  return (
    <Group component="li" align="flex-start" gap="sm" wrap="nowrap">
      <ThemeIcon size="sm" variant="light" color={color} role="img" aria-label={word}>
        {mark}
      </ThemeIcon>
      <Stack gap={2} flex={1} miw={0}>
        <Text fw={600} size="sm">
          {title}
        </Text>
        <Text size="sm">{detail}</Text>
        {value !== undefined && value !== '' && (
          <pre className="code" tabIndex={0} role="group" aria-label={title}>
            {value}
          </pre>
        )}
      </Stack>
    </Group>
  );
}
