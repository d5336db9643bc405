import type { Command } from 'commander';
import { DELIVERY_OUTCOMES, DELIVERY_STATUSES } from '@fleethook/contract';
import { examples } from '../reference/examples.js';
import { UsageError } from '../running/cli-error.js';
import type { Host } from '../running/host.js';
import { action, type Invocation, type WorkResult } from '../running/invocation.js';
import { listOptions, type ListOptions } from '../values/list-options.js';
import { showTimeline } from './delivery-timeline.js';
import { deliveriesOf, deliveryQuery, windowOptions, type DeliveryFilterOptions } from './delivery-query.js';
import { deliveryTable } from './delivery-view.js';
import { resend } from './resend.js';

export function addDeliveries(program: Command, host: Host): void {
  const deliveries = program.command('deliveries').description('What became of each event for each webhook.');

  examples(
    listOptions(
      windowOptions(
        deliveries
          .command('list')
          .description('List deliveries, newest first.')
          .option('--webhook <webhook>', 'of this webhook only: its PRN, or the UUID at its end')
          .option('--event <event>', 'of this event only')
          .addOption(deliveries.createOption('--status <status>', 'how they stand').choices(DELIVERY_STATUSES))
          .option('--type <name>', 'of events of this type, such as device.connected')
          .addOption(deliveries.createOption('--outcome <outcome>', 'of the latest attempt').choices(DELIVERY_OUTCOMES))
          .option('--device <prn>', 'of events of this device'),
      ),
    ).action(action<[DeliveryFilterOptions & ListOptions]>(host, listDeliveries)),
    'fleethook deliveries list --status failed --since 2h',
    'fleethook deliveries list --outcome timeout --limit 100 --json',
  );

  deliveries
    .command('show')
    .description('A delivery with every attempt: when, what came back, what happens next.')
    .argument('<id>', 'as `deliveries list` shows it')
    .action(
      action<[string]>(host, async ({ api, output }, id) => {
        const reply = await api.call('GET /deliveries/{id}', { path: { id } });
        output.result(reply, () => showTimeline(output, reply.delivery, Date.now()));
      }),
    );

  deliveries
    .command('resend')
    .description('Send deliveries again, whatever became of them: same event, same bytes, signed anew.')
    .argument('<id...>', 'as `deliveries list` shows them')
    .action(action<[string[]]>(host, resend));
}

async function listDeliveries(invocation: Invocation, options: DeliveryFilterOptions & ListOptions): WorkResult {
  const { api, output } = invocation;
  if (options.event !== undefined && options.webhook !== undefined)
    throw new UsageError('Give --webhook or --event, not both.');
  const query = await deliveryQuery(api, options);
  const { items, nextPage } = await deliveriesOf(api, options, query, options.limit, options.page);
  output.result({ deliveries: items, next_page: nextPage }, () => {
    deliveryTable(output, items, options.event === undefined ? 'type' : 'webhook', Date.now());
    if (nextPage !== null) output.note('There are more: see --limit.');
  });
}
