import type { Command } from 'commander';
import { RESUME_PLACES, type Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action, type Invocation, type WorkResult } from '../running/invocation.js';
import { durationOption } from '../values/duration.js';
import { listOptions, type ListOptions } from '../values/list-options.js';
import {
  createWebhook,
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  rollSecret,
  updateWebhook,
  type EnableOptions,
  type UpdateOptions,
} from './change-webhook.js';
import { settingOptions, type SettingOptions } from './webhook-settings.js';
import { showWebhook } from './webhook-view.js';

type Webhook = Schemas['Webhook'];

const WEBHOOK = 'its PRN, or the UUID at its end';
const DEFAULT_WAIT_MS = 10_000;

export function addWebhooks(program: Command, host: Host): void {
  const webhooks = program.command('webhooks').description('Endpoints, and the events that they get.');

  examples(
    listOptions(webhooks.command('list').description('List webhooks, oldest first.'))
      .option('--search <query>', "such as description~'test' and inserted_at>='2026-01-01T00:00:00Z'")
      .action(action<[ListOptions & { search?: string }]>(host, listWebhooks)),
    `fleethook webhooks list --search "description~'staging'"`,
  );

  webhooks
    .command('get')
    .description('A webhook with all its settings. Its secret is not shown again.')
    .argument('<webhook>', WEBHOOK)
    .action(
      action<[string]>(host, async ({ api, output }, given) => {
        const path = { prn: await api.prnOf('webhook', given) };
        const reply = await api.call('GET /webhooks/{prn}', { path });
        output.result(reply, () => showWebhook(output, reply.webhook, Date.now()));
      }),
    );

  addChanges(webhooks, host);

  webhooks
    .command('test-fire')
    .description('Send a test event to a webhook, whatever it is subscribed to, and wait for what comes of it.')
    .argument('<webhook>', WEBHOOK)
    .addOption(durationOption(webhooks, '--wait <duration>', 'for the first attempt; 0s: do not wait', DEFAULT_WAIT_MS))
    .action(
      action<[string, { wait: number }]>(host, async (invocation, given, options) =>
        (await import('./test-fire.js')).testFire(invocation, given, options.wait),
      ),
    );

  examples(
    webhooks
      .command('roll-secret')
      .description('Give a webhook another secret. It is shown once, here.')
      .argument('<webhook>', WEBHOOK)
      .addOption(
        durationOption(
          webhooks,
          '--overlap <duration>',
          'the old secret signs beside the new one so long, at most 7d',
          0,
        ),
      )
      .action(action<[string, { overlap: number }]>(host, rollSecret)),
    'fleethook webhooks roll-secret 0194c1a0-0000-7000-8000-0000000000aa --overlap 1h',
  );
}

function addChanges(webhooks: Command, host: Host): void {
  examples(
    settingOptions(
      webhooks
        .command('create')
        .description(
          'Make a webhook. Its endpoint must answer a signed test fire with 200 first. The secret is shown once, here.',
        )
        .argument('<endpoint>', 'an https:// URL'),
    ).action(action<[string, SettingOptions]>(host, createWebhook)),
    'fleethook webhooks create https://example.com/hook --event device.connected,device.disconnected',
    "fleethook webhooks create https://example.com/hook --event device.updated --header 'X-Tenant: acme'",
  );

  examples(
    settingOptions(
      webhooks
        .command('update')
        .description('Change settings of a webhook. The word default takes a setting back to its default.')
        .argument('<webhook>', WEBHOOK)
        .option('--endpoint <url>', 'another https:// URL, which must answer a test fire')
        .option('--no-events', 'subscribe to nothing')
        .option('--no-headers', 'take its own headers away'),
    ).action(action<[string, UpdateOptions]>(host, updateWebhook)),
    'fleethook webhooks update 0194c1a0-0000-7000-8000-0000000000aa --rate 50 --timeout default',
  );

  webhooks
    .command('enable')
    .description('Enable a webhook. Its endpoint must answer a test fire first.')
    .argument('<webhook>', WEBHOOK)
    .addOption(
      webhooks
        .createOption(
          '--resume-from <place>',
          'of one that is disabled: now, as without it, or where it stopped: what it has missed is sent as a replay',
        )
        .choices(RESUME_PLACES),
    )
    .action(action<[string, EnableOptions]>(host, enableWebhook));

  webhooks
    .command('disable')
    .description('Disable a webhook. It keeps a bookmark to go on from.')
    .argument('<webhook>', WEBHOOK)
    .action(action<[string]>(host, disableWebhook));

  webhooks
    .command('delete')
    .description('Delete a webhook. What is still to be delivered to it is given up.')
    .argument('<webhook>', WEBHOOK)
    .option('--yes', 'do not ask')
    .action(action<[string, { yes?: boolean }]>(host, deleteWebhook));
}

async function listWebhooks({ api, output }: Invocation, options: ListOptions & { search?: string }): WorkResult {
  const { search, limit, page } = options;
  const { items, nextPage } = await api.list('GET /webhooks', { query: { search } }, limit, page);
  output.result({ webhooks: items, next_page: nextPage }, () => {
    output.table(
      [
        { title: 'WEBHOOK', cell: ({ prn }) => shortPrn(prn) },
        { title: 'STATE', cell: stateCell },
        { title: 'EVENTS', cell: ({ enabled_events: names }) => String(names.length), align: 'right' },
        { title: 'ENDPOINT', cell: ({ url }) => url, canShrink: true },
      ],
      items,
      'There are no webhooks: see `fleethook webhooks create --help`.',
    );
    if (nextPage !== null) output.note('There are more: see --limit.');
  });
}

function stateCell({ state, failing_since: failingSince }: Webhook): {
  text: string;
  meaning: 'good' | 'bad' | 'warning';
} {
  if (state === 'disabled') return { text: state, meaning: 'bad' };
  return failingSince ? { text: 'failing', meaning: 'warning' } : { text: state, meaning: 'good' };
}
