// `npm run secrets:reseal`: see docs/operations/secrets.md. Beside running apps, any number of times.
import 'reflect-metadata';
import { createLog, createMetrics } from '@fleethook/observability';
import { settingsOrExit } from '@fleethook/service';
import { resealSecrets } from './secrets/reseal-secrets.js';

const RELAY_WAIT_MS = 60_000;

const settings = settingsOrExit('api');
const log = createLog({ app: 'reseal', level: 'warn', format: settings.logFormat });
const { webhooks, replies, unreadable, waiting } = await resealSecrets(
  settings,
  { log, metrics: createMetrics() },
  RELAY_WAIT_MS,
);
say(`Sealed with the first key: the secrets of ${webhooks} webhooks and ${replies} kept replies.`);
for (const what of unreadable) say(`None of the keys opens ${what}: it was left as it is.`);
if (waiting > 0) say(`${waiting} changes are not in Kafka yet: start the Admin API, then run this again.`);
if (unreadable.length === 0 && waiting === 0)
  say('Nothing is sealed with another key any more: the others can be dropped from SECRETS_KEY.');
else process.exitCode = 1;

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}
