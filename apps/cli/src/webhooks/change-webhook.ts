import { createInterface } from 'node:readline/promises';
import type { BodyOf, Schemas } from '@fleethook/contract';
import { shortPrn } from '../connection/api-client.js';
import { CliError, UsageError } from '../running/cli-error.js';
import type { Invocation, WorkResult } from '../running/invocation.js';
import { explained } from './explained.js';
import { settingsOf, type SettingOptions } from './webhook-settings.js';
import { showSecret, showWebhook } from './webhook-view.js';

type Changes = BodyOf<'PATCH /webhooks/{prn}'>;

export interface UpdateOptions extends SettingOptions {
  readonly endpoint?: string;
  readonly events?: boolean;
}

export interface EnableOptions {
  readonly resumeFrom?: Schemas['ResumePlace'];
}

export async function createWebhook(
  { api, output }: Invocation,
  endpoint: string,
  options: SettingOptions,
): WorkResult {
  const reply = await explained(api.call('POST /webhooks', { body: { url: endpoint, ...settingsOf(options) } }));
  const { webhook } = reply;
  output.result(reply, () => {
    showWebhook(output, webhook, Date.now());
    showSecret(output, webhook);
    if (webhook.enabled_events.length === 0)
      output.warn('It gets no events yet: name them with `fleethook webhooks update --event`.');
  });
}

export async function updateWebhook(invocation: Invocation, given: string, options: UpdateOptions): WorkResult {
  if (options.events === false && options.event !== undefined)
    throw new UsageError('Give --event or --no-events, not both.');
  if (options.headers === false && options.header !== undefined)
    throw new UsageError('Give --header or --no-headers, not both.');
  const changes: Changes = {
    ...settingsOf(options),
    ...(options.events === false ? { enabled_events: [] } : {}),
    ...(options.endpoint === undefined ? {} : { url: options.endpoint }),
  };
  if (Object.keys(changes).length === 0)
    throw new UsageError(
      'There is nothing to change.',
      "Name a setting, such as --rate 50. Its endpoint is --endpoint; --url is the Admin API's address.",
    );
  await change(invocation, given, changes);
}

export function enableWebhook(invocation: Invocation, given: string, options: EnableOptions): WorkResult {
  const { resumeFrom } = options;
  // Unsaid it is now. Said, it is refused where the webhook is enabled already, and a script asks for that again.
  return change(invocation, given, {
    state: 'enabled',
    ...(resumeFrom === undefined ? {} : { resume_from: resumeFrom }),
  });
}

export function disableWebhook(invocation: Invocation, given: string): WorkResult {
  return change(invocation, given, { state: 'disabled' });
}

async function change({ api, output }: Invocation, given: string, changes: Changes): Promise<void> {
  const prn = await api.prnOf('webhook', given);
  const reply = await explained(api.call('PATCH /webhooks/{prn}', { path: { prn }, body: changes }));
  output.result(reply, () => {
    showWebhook(output, reply.webhook, Date.now());
    const { replay_prn: replay } = reply;
    if (replay !== undefined)
      output.note(`What it has missed comes as a replay: fleethook replay show ${shortPrn(replay)} --wait`);
  });
}

export async function deleteWebhook(
  { api, output }: Invocation,
  given: string,
  options: { yes?: boolean },
): WorkResult {
  const prn = await api.prnOf('webhook', given);
  if (options.yes !== true) {
    const { webhook } = await api.call('GET /webhooks/{prn}', { path: { prn } });
    if (!(await isConfirmed(`Delete the webhook to ${webhook.url}? What waits for it is given up. [y/N] `)))
      throw new CliError('failed', 'Nothing was deleted.');
  }
  await api.call('DELETE /webhooks/{prn}', { path: { prn } });
  output.result({ deleted: prn }, () => output.line(`Deleted ${shortPrn(prn)}.`));
}

export async function rollSecret({ api, output }: Invocation, given: string, options: { overlap: number }): WorkResult {
  const prn = await api.prnOf('webhook', given);
  const overlapSeconds = Math.round(options.overlap / 1_000);
  const body = { webhook_ttl: overlapSeconds };
  const reply = await api.call('POST /webhooks/{prn}/roll_secret', { path: { prn }, body });
  output.result(reply, () => {
    const signs = overlapSeconds > 0 ? `signs beside the new one for ${overlapSeconds} s` : 'has ended';
    output.line(`The old secret ${signs}.`);
    showSecret(output, reply.webhook);
  });
}

async function isConfirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('Nobody can be asked here: give --yes.');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await asking.question(question)).trim());
  } finally {
    asking.close();
  }
}
