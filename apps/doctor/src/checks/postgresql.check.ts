import type { DoctorSettings } from '@fleethook/config';
import { SecretSealer } from '@fleethook/messages';
import { StoreError, StoreInspector, type InspectedServer } from '@fleethook/store';
import { fail, findings, ok, warn, type Finding } from '../finding.js';

/** The oldest version whose tests we would look at; what is tested is in docs/operations/install.md. */
const LEAST_MAJOR = 15;
const MAX_CLOCK_SKEW_MS = 2_000;
const ENOUGH_DAYS_AHEAD = 2;
/** Each of these opens a pool, and the API sessions of its own beside it. */
const PROCESSES_WITH_A_POOL = 2;

export function checkPostgresql(settings: DoctorSettings): Promise<readonly Finding[]> {
  return findings('postgresql', 'check DATABASE_URL, the network, and whether PostgreSQL runs', async () => {
    const inspector = await StoreInspector.connect(settings.databaseUrl);
    try {
      const server = await inspector.server();
      return [
        ...serverFindings(server, settings),
        ...(await schemaFindings(inspector)),
        ...(await findings('secrets', 'see the findings about PostgreSQL', () => sealFindings(inspector, settings))),
      ];
    } finally {
      await inspector.close();
    }
  });
}

function serverFindings(server: InspectedServer, { databasePoolSize }: DoctorSettings): Finding[] {
  const { version, major, isStandby, clockAheadMs, roundTripMs, maxConnections, usedConnections } = server;
  const said = `PostgreSQL ${version} answers in ${roundTripMs} ms`;
  const wanted = databasePoolSize * PROCESSES_WITH_A_POOL;
  const free = maxConnections - usedConnections;
  const connections = `${usedConnections} of ${maxConnections} connections are taken`;
  return [
    isStandby
      ? fail('postgresql', `${said}, but is a standby`, 'let DATABASE_URL name the primary')
      : major < LEAST_MAJOR
        ? fail('postgresql', said, `upgrade it to ${LEAST_MAJOR} or later`)
        : ok('postgresql', said),
    maxConnections < wanted || free < 1
      ? fail(
          'postgresql.limits',
          connections,
          `raise max_connections, or lower DATABASE_POOL_SIZE: one process of the Admin API and one recorder may take ${wanted}`,
        )
      : free < databasePoolSize
        ? warn(
            'postgresql.limits',
            connections,
            `one more process may take ${databasePoolSize}: raise max_connections before you add one`,
          )
        : ok('postgresql.limits', connections),
    Math.abs(clockAheadMs) > MAX_CLOCK_SKEW_MS + roundTripMs
      ? warn(
          'postgresql.clock',
          `its clock is ${clockAheadMs} ms ahead of ours`,
          'let both machines follow one time (NTP)',
        )
      : ok('postgresql.clock', `its clock and ours are less than ${MAX_CLOCK_SKEW_MS / 1_000} s apart`),
  ];
}

function schemaFindings(inspector: StoreInspector): Promise<readonly Finding[]> {
  return findings('postgresql.schema', 'the user of DATABASE_URL must own the schema', async () => {
    const { missing, unknown } = await inspector.schema();
    if (missing.length > 0)
      return [
        fail(
          'postgresql.schema',
          `${missing.length} migrations are missing (${missing.join(', ')})`,
          'start the Admin API or a recorder, which migrate; if they have, they run an older version',
        ),
      ];
    const found: Finding[] = [
      unknown.length > 0
        ? warn(
            'postgresql.schema',
            `a newer version has migrated (${unknown.join(', ')})`,
            'upgrade what still runs this version; docs/operations/upgrade.md says what rolling back takes',
          )
        : ok('postgresql.schema', 'all migrations are applied'),
    ];
    const days = await inspector.daysAhead(Date.now());
    const said = days < 0 ? 'the history has no place for today' : `the history has places for ${days} days ahead`;
    const remedy =
      'start a recorder, which makes them at its start and every hour; if one runs, its log says why it cannot (history.upkeep)';
    found.push(
      days < 0
        ? fail('postgresql.history', said, remedy)
        : days < ENOUGH_DAYS_AHEAD
          ? warn('postgresql.history', said, remedy)
          : ok('postgresql.history', said),
    );
    const waiting = await inspector.waitingChanges();
    found.push(
      waiting > 0
        ? warn(
            'postgresql.outbox',
            `${waiting} changes of configuration are not in Kafka yet`,
            'look again in a minute; if they stay, the Admin API does not run or cannot reach Kafka',
          )
        : ok('postgresql.outbox', 'every change of configuration is in Kafka'),
    );
    return found;
  });
}

async function sealFindings(inspector: StoreInspector, { secretsKeys }: DoctorSettings): Promise<Finding[]> {
  if (secretsKeys === undefined)
    return [fail('secrets', 'SECRETS_KEY is not set', 'set it as for the Admin API and the delivery processes')];
  try {
    const { webhooks, unreadable, stale } = await inspector.seals(new SecretSealer(secretsKeys));
    if (unreadable.length > 0)
      return [
        fail(
          'secrets',
          `SECRETS_KEY does not open what is sealed for ${unreadable.length} of ${webhooks} webhooks (${unreadable.slice(0, 3).join(', ')})`,
          "add the key of that time behind the present one; if it is lost, roll these webhooks' secrets",
        ),
      ];
    if (stale > 0)
      return [
        warn(
          'secrets',
          `what is sealed for ${stale} of ${webhooks} webhooks is not sealed with the first key`,
          'npm run secrets:reseal, before the old key is dropped',
        ),
      ];
    return [ok('secrets', `SECRETS_KEY opens what is sealed for ${webhooks} webhooks`)];
  } catch (error) {
    if (error instanceof StoreError) return [];
    throw error;
  }
}
