import type { Command } from 'commander';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action } from '../running/invocation.js';
import { intervalOption } from '../values/duration.js';
import { parseJsonObject } from '../values/json-value.js';
import { listOptions, type ListOptions } from '../values/list-options.js';
import { apiTime, parseMomentOption } from '../values/moment.js';
import { wholeNumber } from '../values/number.js';
import { eventFilterOptions, type EventFilterOptions } from './event-query.js';
import type { SendOptions } from './send.js';
import type { TailOptions } from './tail.js';

const DEFAULT_BATCH = 500;
const MAX_BATCH = 10_000;
const DEFAULT_TRIES = 10;
const DEFAULT_INTERVAL_MS = 1_000;

export function addEvents(program: Command, host: Host): void {
  const events = program.command('events').description('Send events of the fleet, follow them, look them up.');
  addSend(events, host);

  examples(
    eventFilterOptions(
      events
        .command('tail')
        .description(
          'Follow events as they come. It polls the history, which is written a moment after an event was accepted; one that bears a time more than a minute in the past is not shown.',
        ),
    )
      .option('--payload', 'with what the event says, not only its name')
      .addOption(intervalOption(events, 'between two polls', DEFAULT_INTERVAL_MS))
      .action(
        action<[TailOptions]>(host, async (invocation, options) =>
          (await import('./tail.js')).tail(invocation, options),
        ),
      ),
    'fleethook events tail --type device.disconnected',
    'fleethook events tail --since 15m --json | jq -c .data.data.device.identifier',
  );

  listOptions(eventFilterOptions(events.command('list').description('List events, newest first.')))
    .option('--until <time>', 'before then', parseMomentOption)
    .action(
      action<[EventFilterOptions & ListOptions]>(host, async (invocation, options) =>
        (await import('./list.js')).listEvents(invocation, options),
      ),
    );

  events
    .command('show')
    .description('An event, and what became of it for each webhook.')
    .argument('<event>', 'its PRN, or the UUID at its end')
    .action(
      action<[string]>(host, async (invocation, event) => (await import('./list.js')).showEvent(invocation, event)),
    );
}

function addSend(events: Command, host: Host): void {
  examples(
    events
      .command('send')
      .description(
        'Send one event made of options, or many from a file: a line of JSON each, or one array. Each gets a result. What the intake is too busy for is sent again, as late as it asks; an event without a PRN gets one here, so that it stays one event however often it is sent.',
      )
      .argument('[file]', 'events to send; - is stdin')
      .option('--type <name>', 'send one event of this type, such as device.disconnected')
      .option('--device <device>', 'of the event: a PRN, or an identifier, which gets a PRN of its own')
      .option('--data <json>', 'its payload, or @file', parseJsonObject)
      .option('--example', "begin with the type's example as payload")
      .option('--prn <prn>', 'of the event itself; without it a new one')
      .option('--inserted-at <time>', 'when it happened; without it now', (text) => apiTime(parseMomentOption(text)))
      .option('--gzip', 'compress what is sent')
      .option('--batch <n>', 'events in one request', wholeNumber(1, MAX_BATCH), DEFAULT_BATCH)
      .option('--tries <n>', 'for each request, while the intake is busy', wholeNumber(1), DEFAULT_TRIES)
      .option('--quiet', 'say only what was not accepted')
      .action(
        action<[string | undefined, SendOptions]>(host, async (invocation, file, options) =>
          (await import('./send.js')).send(invocation, file, options),
        ),
      ),
    'fleethook events send --type device.disconnected --device pump-0017',
    'fleethook events send --type device.updated --example --device pump-0017',
    'fleethook events send events.ndjson --gzip --quiet',
  );
}
