import { Socket } from 'node:net';
import { defaults } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { ApiKeyEntity } from './entities/api-key.entity.js';
import { EventOutboxEntity } from './entities/event-outbox.entity.js';
import { EventTypeEntity } from './entities/event-type.entity.js';
import { OrganizationEntity } from './entities/organization.entity.js';
import { OutboxEntity } from './entities/outbox.entity.js';
import { WebhookEntity } from './entities/webhook.entity.js';
import { AttemptHistory1795395600000 } from './migrations/1795395600000-attempt-history.js';
import { EventHistory1795500200000 } from './migrations/1795500200000-event-history.js';
import { ControlPlane1795392000000 } from './migrations/1795392000000-control-plane.js';
import { Replays1795500300000 } from './migrations/1795500300000-replays.js';
import { EventTypes1795500100000 } from './migrations/1795500100000-event-types.js';
import { KeysAndAudit1795500000000 } from './migrations/1795500000000-keys-and-audit.js';
import { WebhookFilters1795500400000 } from './migrations/1795500400000-webhook-filters.js';
import { WebhookHealth1795500500000 } from './migrations/1795500500000-webhook-health.js';
import { WebhookSettings1795600000000 } from './migrations/1795600000000-webhook-settings.js';
import { ConsoleSessions1795700000000 } from './migrations/1795700000000-console-sessions.js';
import { RecentCounts1795700100000 } from './migrations/1795700100000-recent-counts.js';
import { WebhookLanes1795700200000 } from './migrations/1795700200000-webhook-lanes.js';
import { WebhookBreakers1795700300000 } from './migrations/1795700300000-webhook-breakers.js';
import { EventKey1795700400000 } from './migrations/1795700400000-event-key.js';
import { EndedReplays1795700500000 } from './migrations/1795700500000-ended-replays.js';
import { VerifiedVersion1795700600000 } from './migrations/1795700600000-verified-version.js';
import { AttemptVersion1795700700000 } from './migrations/1795700700000-attempt-version.js';
import { BootstrapKeys1795700900000 } from './migrations/1795700900000-bootstrap-keys.js';
import { WebhookBegins1795700800000 } from './migrations/1795700800000-webhook-begins.js';
import { ReplayEntity } from './replays/replay.entity.js';

/*
 * By itself the driver writes a time as of this process' time zone, with an offset in whole minutes. Before zones were agreed on, places kept
 * their sun's time, to the second: a device whose clock stands in such a year would be looked for half a minute away from where it is.
 */
defaults.parseInputDatesAsUTC = true;

const ENTITIES = [
  OrganizationEntity,
  ApiKeyEntity,
  WebhookEntity,
  OutboxEntity,
  EventOutboxEntity,
  EventTypeEntity,
  ReplayEntity,
];

/** Every migration by class, oldest first: no directory is searched, so what runs is what was compiled. */
const MIGRATIONS = [
  ControlPlane1795392000000,
  AttemptHistory1795395600000,
  KeysAndAudit1795500000000,
  EventTypes1795500100000,
  EventHistory1795500200000,
  Replays1795500300000,
  WebhookFilters1795500400000,
  WebhookHealth1795500500000,
  WebhookSettings1795600000000,
  ConsoleSessions1795700000000,
  RecentCounts1795700100000,
  WebhookLanes1795700200000,
  WebhookBreakers1795700300000,
  EventKey1795700400000,
  EndedReplays1795700500000,
  VerifiedVersion1795700600000,
  AttemptVersion1795700700000,
  WebhookBegins1795700800000,
  BootstrapKeys1795700900000,
];

/** As the table of migrations names them. */
export const MIGRATION_NAMES: readonly string[] = MIGRATIONS.map(({ name }) => name);

/** Together the longest a query can keep a caller waiting: a connection, then the statement, then the driver's own limit. */
const CONNECT_TIMEOUT_MS = 3_000;
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 3_000;
/** Of the client: ends what a silent, half-open connection would leave hanging. */
const QUERY_TIMEOUT_MS = 6_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
/** Above the pool's idle limit and every statement's: a connection silent for so long is dead, whatever TCP still believes. */
const SILENCE_TIMEOUT_MS = 15_000;
const POOL_IDLE_TIMEOUT_MS = 10_000;

export interface DataSourceSettings {
  readonly databaseUrl: string;
  readonly poolSize: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
}

/** For the work of an app: every statement has a time limit, and the schema is never touched. */
export function dataSourceOptions(settings: DataSourceSettings) {
  return {
    type: 'postgres',
    url: settings.databaseUrl,
    applicationName: settings.applicationName,
    entities: ENTITIES,
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    poolSize: settings.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      idleTimeoutMillis: POOL_IDLE_TIMEOUT_MS,
      stream: watchedSocket,
    },
  } as const satisfies DataSourceOptions;
}

/** The driver keeps a connection whose query timed out; behind a vanished host it would stay in the pool until TCP gives up. */
function watchedSocket(): Socket {
  const socket = new Socket();
  return socket.setTimeout(SILENCE_TIMEOUT_MS, () =>
    socket.destroy(new Error('Connection terminated: silent too long')),
  );
}

/** For migrations only: they may take as long as they need. */
export function migrationOptions(databaseUrl: string) {
  return {
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'fleethook-migrations',
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolSize: 1,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
  } as const satisfies DataSourceOptions;
}
