import type { Command } from 'commander';
import { REPLAY_STATES, REQUESTED_REPLAY_SOURCES, UNDELIVERED_STATUSES, type Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action, type Invocation, type WorkResult } from '../running/invocation.js';
import { parseJsonObject } from '../values/json-value.js';
import { listOptions, type ListOptions } from '../values/list-options.js';
import { collectNames } from '../values/lists.js';
import { age, parseMomentOption } from '../values/moment.js';
import { wholeNumber } from '../values/number.js';
import { countsOf, showReplay, stateMeaning } from './replay-view.js';
import { follow, showOutcome, startReplay, type ReplayFilter } from './start-replay.js';

interface CreateOptions {
  readonly since: Date;
  readonly until?: Date;
  readonly source: Schemas['RequestedReplaySource'];
  readonly event?: string[];
  readonly device?: string[];
  /** As it was written: the API says what is wrong with it. The same goes for the two below. */
  readonly filter?: NonNullable<ReplayFilter['match']>;
  readonly status?: Schemas['UndeliveredStatus'][];
  readonly reason?: Schemas['DeadReason'][];
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

interface ListReplaysOptions extends ListOptions {
  readonly webhook?: string;
  readonly state?: Schemas['ReplayState'];
}

const MAX_RATE = 5_000;

export function addReplay(program: Command, host: Host): void {
  const replay = program.command('replay').description('Send a window of the log, or what failed in it, again.');
  addCreate(replay, host);

  listOptions(replay.command('list').description('List replays, newest first.'))
    .option('--webhook <webhook>', 'of this webhook only')
    .addOption(replay.createOption('--state <state>', 'how they stand').choices(REPLAY_STATES))
    .action(action<[ListReplaysOptions]>(host, listReplays));

  replay
    .command('show')
    .description('A replay and how far it has come.')
    .argument('<replay>', 'its PRN, or the UUID at its end')
    .option('--wait', 'follow it to its end')
    .action(
      action<[string, { wait?: boolean }]>(host, async (invocation, given, options) => {
        const { api, output } = invocation;
        const path = { prn: await api.prnOf('replay', given) };
        const { replay: found } = await api.call('GET /replays/{prn}', { path });
        const shown = options.wait === true ? await follow(invocation, found) : found;
        output.result({ replay: shown }, () => showReplay(output, shown, Date.now()));
        return options.wait === true && shown.state !== 'completed' ? 'failed' : 'ok';
      }),
    );

  for (const [verb, what] of [
    ['pause', 'Pause a replay; it keeps its place.'],
    ['resume', 'Let a paused replay go on.'],
    ['cancel', 'End a replay; what it has sent stays sent.'],
  ] as const)
    replay
      .command(verb)
      .description(what)
      .argument('<replay>', 'its PRN, or the UUID at its end')
      .action(
        action<[string]>(host, async ({ api, output }, given) => {
          const path = { prn: await api.prnOf('replay', given) };
          const { replay: steered } = await api.call(`POST /replays/{prn}/${verb}`, { path });
          showOutcome(output, steered);
        }),
      );
}

function addCreate(replay: Command, host: Host): void {
  examples(
    replay
      .command('create')
      .description(
        'Send again to a webhook what the log of the last 7 days has for it, whether it was sent then or not, or what failed in the last 30. On a terminal it shows how far it has come; Ctrl-C leaves it running.',
      )
      .argument('<webhook>', 'its PRN, or the UUID at its end')
      .requiredOption(
        '--since <time>',
        'events accepted from then on: 2h (ago), 2026-01-31T12:00:00Z',
        parseMomentOption,
      )
      .option('--until <time>', 'events accepted before then; without it now', parseMomentOption)
      .addOption(
        replay
          .createOption('--source <source>', 'all of the log, or what failed')
          .choices(REQUESTED_REPLAY_SOURCES)
          .default('log'),
      )
      .option('--event <names>', 'only events of these types; without it what the webhook names', collectNames)
      .option('--device <prns>', 'only events of these devices', collectNames)
      .option('--filter <json>', 'a filter that narrows it further, or @file', parseJsonObject)
      .option('--status <names>', `with --source failed: ${UNDELIVERED_STATUSES.join(', ')}`, collectNames)
      .option('--reason <names>', 'with --source failed: given up for these reasons', collectNames)
      .option('--rate <n>', 'deliveries a second; without it 100', wholeNumber(1, MAX_RATE))
      .option('--dry-run', 'only count')
      .option('--no-wait', 'return as soon as it has been asked for')
      .action(
        action<[string, CreateOptions]>(host, async (invocation, webhook, options) => {
          const { replay: made, ending } = await startReplay(
            invocation,
            {
              webhook,
              source: options.source,
              from: options.since,
              to: options.until,
              filter: filterOf(options),
              ratePerSecond: options.rate,
              isDryRun: options.dryRun === true,
            },
            options.wait,
          );
          showOutcome(invocation.output, made);
          return ending;
        }),
      ),
    'fleethook replay create 0194c1a0-0000-7000-8000-0000000000aa --since 2h --dry-run',
    'fleethook replay create 0194c1a0-0000-7000-8000-0000000000aa --since 2h --rate 50',
  );
}

function filterOf(options: CreateOptions): ReplayFilter {
  return {
    ...(options.event === undefined ? {} : { enabled_events: options.event }),
    ...(options.device === undefined ? {} : { device_prns: options.device }),
    ...(options.filter === undefined ? {} : { match: options.filter }),
    ...(options.status === undefined ? {} : { statuses: options.status }),
    ...(options.reason === undefined ? {} : { dead_reasons: options.reason }),
  };
}

async function listReplays({ api, output }: Invocation, options: ListReplaysOptions): WorkResult {
  const query = {
    order: 'desc',
    state: options.state,
    webhook_prn: options.webhook === undefined ? undefined : await api.prnOf('webhook', options.webhook),
  } as const;
  const { items, nextPage } = await api.list('GET /replays', { query }, options.limit, options.page);
  const nowMs = Date.now();
  output.result({ replays: items, next_page: nextPage }, () =>
    output.table(
      [
        { title: 'AGE', cell: ({ inserted_at }) => age(inserted_at, nowMs) },
        { title: 'STATE', cell: ({ state }) => ({ text: state, meaning: stateMeaning(state) }) },
        { title: '%', cell: ({ progress }) => String(progress.percent ?? '?'), align: 'right' },
        { title: 'COUNTS', cell: countsOf, canShrink: true },
        { title: 'REPLAY', cell: ({ prn }) => shortPrn(prn) },
      ],
      items,
      'There are no replays.',
    ),
  );
}
