import type { Command } from 'commander';
import { API_KEY_SCOPES, type Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import { examples } from '../reference/examples.js';
import type { Host } from '../running/host.js';
import { action, type WorkResult, type Invocation } from '../running/invocation.js';
import { collectNames } from '../values/lists.js';
import { apiTime, relativeTime } from '../values/moment.js';
import { durationMs, MAX_DURATION } from '../values/duration.js';
import { UsageError } from '../running/cli-error.js';
import { listOptions, type ListOptions } from '../values/list-options.js';

interface CreateKeyOptions {
  readonly scope: Schemas['ApiKeyScope'][];
  readonly expiresIn?: number;
}

export function addApiKeys(program: Command, host: Host): void {
  const keys = program.command('keys').description('API keys, and what they may do.');

  listOptions(keys.command('list').description('List the API keys, oldest first.')).action(
    action<[ListOptions]>(host, listKeys),
  );

  examples(
    keys
      .command('create')
      .description('Make an API key. It is shown once, here.')
      .argument('<name>', 'for people to tell it from others')
      .requiredOption('--scope <names>', `${API_KEY_SCOPES.join(', ')}; several with commas`, collectNames)
      .option('--expires-in <duration>', 'until it ends, such as 90d; without it never', parseFutureMs)
      .action(action<[string, CreateKeyOptions]>(host, createKey)),
    'fleethook keys create gateway --scope publish --expires-in 90d',
  );

  keys
    .command('revoke')
    .description('End an API key, within two seconds everywhere.')
    .argument('<key>', 'its PRN, or the UUID at its end')
    .action(
      action<[string]>(host, async ({ api, output }, key) => {
        const prn = await api.prnOf('api_key', key);
        await api.call('DELETE /api-keys/{prn}', { path: { prn } });
        output.result({ revoked: prn }, () => output.line(`Revoked ${shortPrn(prn)}.`));
      }),
    );
}

async function listKeys({ api, output }: Invocation, options: ListOptions): WorkResult {
  const { items, nextPage } = await api.list('GET /api-keys', {}, options.limit, options.page);
  const nowMs = Date.now();
  output.result({ api_keys: items, next_page: nextPage }, () =>
    output.table(
      [
        { title: 'KEY', cell: ({ prn }) => shortPrn(prn) },
        { title: 'NAME', cell: ({ name }) => name, canShrink: true },
        { title: 'SCOPES', cell: ({ scopes }) => scopes.join(','), canShrink: true },
        { title: 'EXPIRES', cell: (key) => (key.expires_at === null ? 'never' : relativeTime(key.expires_at, nowMs)) },
      ],
      items,
      'There are no keys.',
    ),
  );
}

async function createKey({ api, output }: Invocation, name: string, options: CreateKeyOptions): WorkResult {
  const reply = await api.call('POST /api-keys', {
    body: {
      name,
      scopes: options.scope,
      ...(options.expiresIn === undefined ? {} : { expires_at: apiTime(new Date(Date.now() + options.expiresIn)) }),
    },
  });
  const { api_key: made } = reply;
  output.result(reply, () => {
    output.facts([
      ['prn', made.prn],
      ['name', made.name],
      ['scopes', made.scopes.join(', ')],
      ['expires', made.expires_at ?? 'never'],
      ['key', made.key, 'name'],
    ]);
    output.warn('The key is shown here and nowhere else: keep it now.');
  });
}

function parseFutureMs(text: string): number {
  const ms = durationMs(text);
  if (ms === undefined || ms === 0)
    throw new UsageError(`It must be a duration such as 12h or 90d, at most ${MAX_DURATION}.`);
  return ms;
}
