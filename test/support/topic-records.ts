import { readAppSettings } from '@fleethook/config';
import { connectionOf, offsetsOfWindow } from '@fleethook/kafka';
import { createLog, createMetrics, Readiness } from '@fleethook/observability';

/**
 * How many records a topic holds now.
 * @param environment that names the brokers and the prefix
 * @param topic without the prefix
 */
export async function recordsIn(topic: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const connection = connectionOf(readAppSettings('router', environment), 'test');
  const log = createLog({ app: 'test', level: 'silent', format: 'json' });
  const context = { log, metrics: createMetrics(), readiness: new Readiness() };
  const ranges = await offsetsOfWindow(connection, { topic, fromMs: 0, toMs: Date.now() }, context);
  return ranges.reduce((sum, { next, end }) => sum + end - next, 0);
}
