import type { Schemas } from '@fleethook/contract';
import type { Output } from '../output/output.js';
import { formatDuration } from '../values/duration.js';
import { fullTime } from '../values/moment.js';

/** Of the reply that makes it, without what has happened to it since. */
type Webhook = Schemas['Webhook'] | Schemas['RevealedWebhook'];

/** Without the request settings that were left as they are by default. */
export function showWebhook(output: Output, webhook: Webhook, nowMs: number): void {
  const failingSince = 'failing_since' in webhook ? webhook.failing_since : null;
  const isEnabled = webhook.state === 'enabled';
  const { timeout_ms: timeoutMs, max_concurrency: concurrency, rate_per_second: rate } = webhook;
  output.facts([
    ['webhook', webhook.prn],
    ['endpoint', webhook.url, 'name'],
    ['description', webhook.description ?? undefined],
    ['events', webhook.enabled_events.length === 0 ? 'none' : webhook.enabled_events.join(', ')],
    ['filter', webhook.filter === null ? undefined : JSON.stringify(webhook.filter)],
    ['state', isEnabled ? 'enabled' : `disabled by ${webhook.disabled_by ?? '-'}`, isEnabled ? 'good' : 'bad'],
    ['disabled', webhook.disabled_at === null ? undefined : fullTime(webhook.disabled_at, nowMs)],
    ['failing since', failingSince === null ? undefined : fullTime(failingSince, nowMs), 'bad'],
    ['timeout', timeoutMs === null ? undefined : formatDuration(timeoutMs)],
    ['concurrency', concurrency === null ? undefined : String(concurrency)],
    ['rate', rate === null ? undefined : `${rate} a second`],
    ['headers', webhook.header_names.length === 0 ? undefined : webhook.header_names.join(', ')],
    ['basic auth', webhook.has_basic_auth ? 'yes' : undefined],
    ['made', fullTime(webhook.inserted_at, nowMs)],
    ['changed', webhook.updated_at === webhook.inserted_at ? undefined : fullTime(webhook.updated_at, nowMs)],
  ]);
  for (const { kind, inserted_at: at } of 'warnings' in webhook ? webhook.warnings : [])
    output.line(`${output.paint('warning', 'warning')}  ${kind}, ${fullTime(at, nowMs)}`);
}

/** With its secret, which nobody can see again. */
export function showSecret(output: Output, webhook: Schemas['RevealedWebhook']): void {
  output.line();
  output.facts([
    ['secret', webhook.secret, 'name'],
    ['the same for libraries of Standard Webhooks', webhook.standard_webhooks_secret],
  ]);
  output.warn('The secret is shown here and nowhere else: keep it now.');
}
