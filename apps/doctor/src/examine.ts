import { createLog, createMetrics, Readiness } from '@fleethook/observability';
import type { KafkaContext } from '@fleethook/kafka';
import type { Arguments } from './arguments.js';
import { checkKafka } from './checks/kafka.check.js';
import { checkPostgresql } from './checks/postgresql.check.js';
import { checkDisk, checkEndpoint, checkReady } from './checks/surroundings.check.js';
import type { Deployment } from './deployment.js';
import { findings, warn, type Finding } from './finding.js';

/** Everything there is to look at, in the order in which one would ask. */
export async function examine(
  { settings, opsUrls, standaloneFolder, isGuess }: Deployment,
  { url, ready, as }: Arguments,
): Promise<readonly Finding[]> {
  const context: KafkaContext = {
    log: createLog({ app: 'doctor', level: 'silent', format: 'json' }),
    metrics: createMetrics(),
    readiness: new Readiness(),
  };
  const urls = { ...opsUrls, ...Object.fromEntries(ready.map((address) => [address, address])) };
  const needsPostgresql = as === undefined || as === 'api' || as === 'recorder';
  const nothing = Promise.resolve<readonly Finding[]>([]);
  const all = await Promise.all([
    findings('kafka', 'see the other findings', () => checkKafka(settings, as, context)),
    needsPostgresql ? checkPostgresql(settings) : nothing,
    checkReady(urls),
    url === undefined ? nothing : checkEndpoint(url, settings),
    standaloneFolder === undefined ? nothing : checkDisk(standaloneFolder),
  ]);
  return [...(isGuess ? [guessed(settings.dataDir)] : []), ...all.flat()];
}

function guessed(dataDir: string): Finding {
  const remedy =
    'set FLEETHOOK_DATA_DIR to where it runs, or KAFKA_BROKERS, DATABASE_URL and SECRETS_KEY as for the apps';
  return warn(
    'settings',
    `no \`npm start\` runs on ${dataDir}, and KAFKA_BROKERS is not set, so these are defaults`,
    remedy,
  );
}
