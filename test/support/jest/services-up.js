// Kafka and PostgreSQL for the tiers that need them: addresses that are given are used as they are, what is missing is
// brought up for this run, on data that is thrown away. Plain JavaScript: Jest loads this file as it is.
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const BUILT = new URL('../../../dist/libs/infrastructure/src/index.js', import.meta.url);

export default async function servicesUp() {
  const kafka = process.env['FLEETHOOK_TEST_KAFKA'];
  const database = process.env['FLEETHOOK_TEST_DATABASE'];
  if (kafka && database) return;
  if (!existsSync(BUILT))
    throw new Error('There is no build that could bring up Kafka and PostgreSQL: run `npm run build` first');

  const { findInfrastructure } = await import(BUILT.href);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fleethook-test-'));
  const infrastructure = await findInfrastructure({
    source: process.env['FLEETHOOK_INFRA'] || 'auto',
    dataDir,
    throwAway: true,
    ...(kafka && { kafkaBrokers: kafka.split(',') }),
    ...(database && { databaseUrl: database }),
    say: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  globalThis.fleethookTestServices = { infrastructure, dataDir };
  process.env['FLEETHOOK_TEST_KAFKA'] = infrastructure.kafkaBrokers.join(',');
  process.env['FLEETHOOK_TEST_DATABASE'] = infrastructure.databaseUrl;
}
