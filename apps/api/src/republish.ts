// `npm run config:republish`: see docs/operations/restore.md. Beside running apps, any number of times.
import 'reflect-metadata';
import { createLog, createMetrics } from '@fleethook/observability';
import { settingsOrExit } from '@fleethook/service';
import { republishConfiguration } from './maintenance/republish-configuration.js';

const RELAY_WAIT_MS = 60_000;

const settings = settingsOrExit('api');
const log = createLog({ app: 'republish', level: 'warn', format: settings.logFormat });
const { webhooks, apiKeys, eventTypes, removed, waiting } = await republishConfiguration(
  settings,
  { log, metrics: createMetrics() },
  RELAY_WAIT_MS,
);
say(
  `Written again: ${webhooks} webhooks, ${apiKeys} API keys, ${eventTypes} types of events; ${removed} that PostgreSQL does not have are removed.`,
);
if (waiting === 0) say('All of it is in Kafka.');
else {
  say(`${waiting} changes are not in Kafka yet: start the Admin API, which sends them.`);
  process.exitCode = 1;
}

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}
