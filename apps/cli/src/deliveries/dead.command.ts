import type { Command } from 'commander';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action } from '../running/invocation.js';
import { listOptions } from '../values/list-options.js';
import { collectNames } from '../values/lists.js';
import { wholeNumber } from '../values/number.js';
import { countDead, listDead, type DeadOptions } from './dead.js';
import { windowOptions } from './delivery-query.js';
import { redrive, type RedriveOptions } from './redrive.js';

const MAX_RATE = 5_000;

export function addDead(program: Command, host: Host): void {
  const dead = program.command('dead').description('Deliveries that were given up.');

  examples(
    listOptions(
      windowOptions(
        dead
          .command('list')
          .description('List deliveries that were given up, newest first.')
          .option('--webhook <webhook>', 'of this webhook only: its PRN, or the UUID at its end')
          .option('--type <name>', 'of events of this type')
          .option('--all', 'with those that have been taken up again since')
          .option('--count', 'count them by webhook and reason instead; --limit of them at most'),
      ),
    ).action(
      action<[DeadOptions & { count?: boolean }]>(host, (invocation, options) =>
        options.count === true ? countDead(invocation, options) : listDead(invocation, options),
      ),
    ),
    'fleethook dead list --count --limit 10000',
  );

  examples(
    windowOptions(
      dead
        .command('redrive')
        .description(
          'Send again what was given up: single deliveries by their ids, or all of a webhook as a replay. Count first with --dry-run.',
        )
        .argument('[id...]', 'deliveries, as `dead list` shows them')
        .option('--webhook <webhook>', 'all of this webhook; without --since of the last 30 days')
        .option('--reason <names>', 'only those given up for these reasons, such as horizon_reached', collectNames)
        .option('--type <names>', 'only of events of these types', collectNames)
        .option('--rate <n>', 'deliveries a second; without it 100', wholeNumber(1, MAX_RATE))
        .option('--dry-run', 'only count')
        .option('--no-wait', 'return as soon as the replay has been asked for'),
    ).action(action<[string[], RedriveOptions]>(host, redrive)),
    'fleethook dead redrive --webhook 0194c1a0-0000-7000-8000-0000000000aa --since 1d --dry-run',
  );
}
