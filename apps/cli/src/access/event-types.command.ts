import type { Command } from 'commander';
import { EVENT_TYPE_SOURCES, type Schemas } from '@fleethook/contract';
import { jsonText } from '../output/style.js';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action, type Invocation, type WorkResult } from '../running/invocation.js';
import { parseJsonObject, type JsonRecord } from '../values/json-value.js';
import { listOptions, type ListOptions } from '../values/list-options.js';

type EventType = Schemas['EventType'];

interface ListTypesOptions extends ListOptions {
  readonly category?: string;
  readonly source?: Schemas['EventTypeSource'];
}

interface RegisterOptions {
  readonly description: string;
  readonly schema: JsonRecord;
  readonly example: JsonRecord;
}

export function addEventTypes(program: Command, host: Host): void {
  const types = program.command('event-types').description('Types of events, shipped and registered.');

  listOptions(types.command('list').description('List the types of events by name.'))
    .option('--category <name>', 'such as device')
    .addOption(types.createOption('--source <source>', 'where they come from').choices(EVENT_TYPE_SOURCES))
    .action(action<[ListTypesOptions]>(host, listTypes));

  types
    .command('show')
    .description('A type of events with its JSON Schema and an example.')
    .argument('<name>', 'such as device.connected')
    .action(
      action<[string]>(host, async ({ api, output }, name) => {
        const reply = await api.call('GET /event-types/{name}', { path: { name } });
        output.result(reply, () => showType(output, reply.event_type));
      }),
    );

  examples(
    types
      .command('register')
      .description('Register a type of events; the intake checks payloads against its schema within two seconds.')
      .argument('<name>', 'category and event, such as door.opened')
      .requiredOption('--description <text>', 'when it happens')
      .requiredOption('--schema <json>', 'JSON Schema of the payload, or @file', parseJsonObject)
      .requiredOption('--example <json>', 'a payload that fits it, or @file', parseJsonObject)
      .action(
        action<[string, RegisterOptions]>(host, async ({ api, output }, name, options) => {
          const { description, schema, example } = options;
          const reply = await api.call('POST /event-types', { body: { name, description, schema, example } });
          output.result(reply, () => output.line(`Registered ${reply.event_type.name}.`));
        }),
      ),
    "fleethook event-types register door.opened --description 'A door was opened' \\",
    '    --schema @door.schema.json --example \'{"door":7}\'',
  );

  types
    .command('remove')
    .description('Remove a registered type of events that no webhook is subscribed to.')
    .argument('<name>', 'such as door.opened')
    .action(
      action<[string]>(host, async ({ api, output }, name) => {
        await api.call('DELETE /event-types/{name}', { path: { name } });
        output.result({ removed: name }, () => output.line(`Removed ${name}.`));
      }),
    );
}

async function listTypes({ api, output }: Invocation, options: ListTypesOptions): WorkResult {
  const { category, source, limit, page } = options;
  const found = await api.list('GET /event-types', { query: { category, source } }, limit, page);
  output.result({ event_types: found.items, next_page: found.nextPage }, () =>
    output.table(
      [
        { title: 'NAME', cell: ({ name }) => ({ text: name, meaning: 'name' }) },
        { title: 'SOURCE', cell: (type) => type.source },
        { title: 'WHEN', cell: ({ description }) => description, canShrink: true },
      ],
      found.items,
      'There are no such types.',
    ),
  );
}

function showType(output: Invocation['output'], type: EventType): void {
  output.facts([
    ['name', type.name, 'name'],
    ['when', type.description],
    ['source', type.source],
    ['deliverable', type.deliverable ? 'yes' : 'no: a record only'],
  ]);
  output.line(`\n${output.paint('faint', 'schema')}\n${jsonText(type.schema, 2)}`);
  output.line(`\n${output.paint('faint', 'example')}\n${jsonText(type.example, 2)}`);
}
