import { accessRefused, ClusterInspector, connectionOf, errorTypeOf, type KafkaContext } from '@fleethook/kafka';
import type { DoctorSettings } from '@fleethook/config';
import { accessOf, accessOfAll, type Access, type AccessedBy } from '../access-table.js';
import { fail, findings, ok, warn, type Finding } from '../finding.js';
import { accessFindings } from './kafka-access.check.js';
import { groupFindings } from './kafka-groups.check.js';
import { topicFindings } from './kafka-topics.check.js';

/** What an app may be off before deliveries and retries are visibly early or late. */
const MAX_CLOCK_SKEW_MS = 2_000;

export async function checkKafka(
  settings: DoctorSettings,
  as: AccessedBy | undefined,
  context: KafkaContext,
): Promise<readonly Finding[]> {
  const connection = connectionOf(settings, 'fleethook-doctor');
  let inspector: ClusterInspector;
  try {
    inspector = await ClusterInspector.connect(connection, context);
  } catch (error) {
    return [unreachable(error, settings)];
  }
  const delays = settings.retryScheduleMs;
  const access: Access = as === undefined ? accessOfAll(delays) : accessOf(as, delays);
  const specs = [...new Map([...access.reads, ...access.writes].map((spec) => [spec.name, spec])).values()];
  const user = settings.kafkaSaslUsername ?? 'ANONYMOUS';
  try {
    const cluster = await inspector.inspect(specs);
    const ways = [settings.kafkaSsl ? 'TLS' : 'plain text', settings.kafkaSaslMechanism ?? 'no SASL'].join(', ');
    const reached = ok(
      'kafka',
      `${cluster.brokers.length} brokers (${ways}), cluster ${cluster.clusterId ?? 'unnamed'}`,
    );
    return [
      reached,
      ...replication(settings, cluster.brokers.length),
      ...(await topicFindings(inspector, specs, cluster, connection)),
      ...accessFindings(access, cluster, connection.prefix, user),
      ...(await groupFindings(inspector, access, cluster, connection.prefix, user)),
      ...(await clockFindings(
        inspector,
        specs.map(({ name }) => name),
        cluster.topics
          .filter(({ fault }) => fault === undefined)
          .map(({ name }) => name.slice(connection.prefix.length)),
      )),
    ];
  } finally {
    await inspector.close();
  }
}

function unreachable(error: unknown, { kafkaBrokers, kafkaSsl }: DoctorSettings): Finding {
  const refused = accessRefused(error);
  if (refused !== undefined)
    return fail('kafka', refused.message, 'set KAFKA_SASL_* or KAFKA_SSL_CA_FILE to what the cluster expects');
  const said = errorTypeOf(error) ?? (error instanceof Error ? error.message : String(error));
  return fail(
    'kafka',
    `no broker of ${kafkaBrokers.join(',')} answers (${said})`,
    `check KAFKA_BROKERS, the network, and whether the listener speaks ${kafkaSsl ? 'TLS (KAFKA_SSL is true)' : 'plain text (KAFKA_SSL is false)'}`,
  );
}

/** One replica is fine on a laptop; with three brokers it is a choice that somebody should have made. */
function replication({ kafkaReplicationFactor: factor }: DoctorSettings, brokers: number): Finding[] {
  if (factor > brokers)
    return [
      fail(
        'kafka.replication',
        `KAFKA_REPLICATION_FACTOR is ${factor}, with ${brokers} brokers`,
        'lower it, or add brokers: topics cannot be made',
      ),
    ];
  if (factor < 3 && brokers >= 3)
    return [
      warn(
        'kafka.replication',
        `KAFKA_REPLICATION_FACTOR is ${factor}, with ${brokers} brokers`,
        'set it to 3, or a broker that is lost takes events with it',
      ),
    ];
  return [];
}

/** Kafka tells nobody its time, but refuses to keep a record from the future to itself. */
function clockFindings(
  inspector: ClusterInspector,
  wanted: readonly string[],
  present: readonly string[],
): Promise<readonly Finding[]> {
  return findings('kafka.clock', 'see the other findings', async () => {
    const future: string[] = [];
    for (const name of wanted.filter((topic) => present.includes(topic)))
      if (await inspector.hasRecordsAfter(name, Date.now() + MAX_CLOCK_SKEW_MS)) future.push(name);
    if (future.length === 0)
      return [ok('kafka.clock', `no record bears a time more than ${MAX_CLOCK_SKEW_MS / 1_000} s ahead of ours`)];
    return [
      warn(
        'kafka.clock',
        `records of ${future.join(', ')} bear times ahead of ours`,
        "let all machines, brokers included, follow one time (NTP): retries fall due by the brokers' clocks",
      ),
    ];
  });
}
