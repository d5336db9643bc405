import { Button, Checkbox, Group, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { fieldProblem } from '../../api/problem.js';
import { asking, askingAll, useChange } from '../../api/queries.js';
import { hostOf, shortPrn } from '../../ui/format.js';
import { offered } from '../../ui/offered.js';
import { Page } from '../../ui/page.js';
import { Panel } from '../../ui/panel.js';
import { ProblemAlert } from '../../ui/problem-alert.js';
import { numberProblem } from '../../ui/whole-number.js';
import { Moment } from '../deliveries/delivery-filters.js';
import { FilterBuilder } from '../webhooks/filter/filter-builder.js';
import { bodyOf, draftIn, type ReplayDraft } from './replay-draft.js';
import { isOver } from './replay-state.js';
import { ReplayPanel } from './replay.page.js';

const SHOWN = ['webhook_prn', 'from', 'to', 'rate_per_second', 'filter.match', 'source'];
const RUNNING_MS = 700;

/** Counts first: what is sent cannot be taken back. */
export function Component(): ReactNode {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => draftIn(search));
  const [counted, setCounted] = useState<{ readonly prn: string; readonly draft: ReplayDraft }>();
  const webhooks = useQuery(askingAll('GET /webhooks', 'webhooks'));
  const create = useChange('POST /replays', ['/replays']);
  const change = (changes: Partial<ReplayDraft>): void => setDraft((last) => ({ ...last, ...changes }));
  const body = bodyOf(draft);
  const count = (event: FormEvent): void => {
    event.preventDefault();
    if (body === undefined) return;
    create.mutate(
      { body: { ...body, dry_run: true } },
      { onSuccess: ({ replay }) => setCounted({ prn: replay.prn, draft }) },
    );
  };
  const start = (): void => {
    if (body === undefined) return;
    create.mutate({ body }, { onSuccess: ({ replay }) => void navigate(`/replays/${replay.prn}`) });
  };
  const { error } = create;
  return (
    <Page
      title="Start a replay"
      parent={['/replays', 'Replays']}
      intro="The same events with the same PRNs and bytes, signed anew."
    >
      <form onSubmit={count} noValidate>
        <Panel title="What to send again">
          <NativeSelect
            label="Webhook"
            data={[
              { value: '', label: 'choose one', disabled: true },
              ...offered(
                (webhooks.data ?? []).map(({ prn, url, description, state }) => ({
                  value: prn,
                  label: `${description ?? hostOf(url)}${state === 'disabled' ? ' (disabled)' : ''}`,
                })),
                draft.webhook,
                shortPrn,
              ),
            ]}
            value={draft.webhook}
            onChange={({ currentTarget }) => change({ webhook: currentTarget.value })}
            error={fieldProblem(error, 'webhook_prn')}
          />
          <Radio.Group
            label="Which"
            value={draft.source}
            onChange={(value) => change({ source: value === 'failed' ? 'failed' : 'log' })}
          >
            <Stack gap="xs" mt={4}>
              <Radio
                value="failed"
                label="What did not arrive"
                description="Deliveries of the window that were given up; within 30 days"
              />
              <Radio
                value="log"
                label="Every event of the window"
                description="What the webhook would get by now, whether it was there then or not; within 7 days"
              />
            </Stack>
          </Radio.Group>
          {draft.source === 'failed' && (
            <Checkbox
              label="Also what still waits for a retry"
              description="It is sent now, and once more when its retry is due: receivers deduplicate by the event's PRN"
              checked={draft.withPending}
              onChange={({ currentTarget }) => change({ withPending: currentTarget.checked })}
            />
          )}
          <Group align="flex-start">
            <Moment label="From" value={draft.from} onChange={(from) => change({ from })} />
            <Moment label="Until (empty: now)" value={draft.to} onChange={(to) => change({ to })} />
            <TextInput
              label="In a second at most"
              inputMode="numeric"
              value={draft.rate}
              onChange={({ currentTarget }) => change({ rate: currentTarget.value })}
              error={numberProblem(draft.rate) ?? fieldProblem(error, 'rate_per_second')}
              flex="1 1 140px"
            />
          </Group>
          {[fieldProblem(error, 'from'), fieldProblem(error, 'to')].map(
            (message) =>
              message !== undefined && (
                <Text key={message} size="sm" c="var(--mantine-color-error)" role="alert">
                  The window {message}
                </Text>
              ),
          )}
          <details>
            <summary>Narrow it down by a filter</summary>
            <Stack mt="sm">
              <FilterBuilder
                value={draft.match}
                onChange={(match) => change({ match })}
                pointers={[]}
                error={fieldProblem(error, 'filter')}
              />
            </Stack>
          </details>
          <ProblemAlert error={error} title="It was not started" shown={SHOWN} />
          <Group>
            <Button type="submit" loading={create.isPending} disabled={body === undefined}>
              Count first (dry run)
            </Button>
          </Group>
        </Panel>
      </form>
      {counted && (
        <Counted prn={counted.prn} isStale={counted.draft !== draft} isPending={create.isPending} onStart={start} />
      )}
    </Page>
  );
}

interface CountedProps {
  prn: string;
  /** Something was changed since. */
  isStale: boolean;
  isPending: boolean;
  onStart: () => void;
}

function Counted({ prn, isStale, isPending, onStart }: CountedProps): ReactNode {
  const { data } = useQuery({
    ...asking('GET /replays/{prn}', { path: { prn } }),
    refetchInterval: ({ state }) => (state.data && isOver(state.data.replay) ? false : RUNNING_MS),
  });
  if (data === undefined) return null;
  const { replay } = data;
  return (
    <Stack>
      <ReplayPanel replay={replay} />
      {isStale ? (
        <Text size="sm">Something was changed since: count again.</Text>
      ) : (
        <Group>
          <Button
            disabled={replay.state !== 'completed' || replay.progress.matched === 0}
            loading={isPending}
            onClick={onStart}
          >
            Send {replay.state === 'completed' ? replay.progress.matched : '…'} deliveries
          </Button>
          {replay.state === 'completed' && replay.progress.matched === 0 && (
            <Text size="sm">There is nothing to send.</Text>
          )}
        </Group>
      )}
    </Stack>
  );
}
