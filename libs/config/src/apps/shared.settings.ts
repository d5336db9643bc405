import { certificateFile } from '../certificate-file.js';
import { cidrs, portRanges } from '../egress-values.js';
import { brokers, topicPrefix } from '../kafka-values.js';
import { setting } from '../setting.js';
import {
  bytes,
  flag,
  list,
  oneOf,
  optional,
  port,
  postgresUrl,
  proxyUrl,
  text,
  integer,
  durationMs,
} from '../values.js';

/** How to reach Kafka: the same for every app. */
export const kafkaSettings = {
  kafkaBrokers: setting('KAFKA_BROKERS', brokers(), {
    help: 'Kafka bootstrap brokers, `host:port,...`',
    default: '127.0.0.1:9092',
  }),
  kafkaSsl: setting('KAFKA_SSL', flag(), { help: 'Speak TLS to Kafka', default: 'false' }),
  kafkaSslCaFile: setting('KAFKA_SSL_CA_FILE', optional(certificateFile()), {
    help: 'Certificate authorities for Kafka, PEM; with `KAFKA_SSL=true`',
  }),
  kafkaSaslMechanism: setting('KAFKA_SASL_MECHANISM', optional(oneOf(['plain', 'scram-sha-256', 'scram-sha-512'])), {
    help: 'SASL mechanism, with a user name and a password; unset means no SASL',
  }),
  kafkaSaslUsername: setting('KAFKA_SASL_USERNAME', optional(text()), { help: 'SASL user name' }),
  kafkaSaslPassword: setting('KAFKA_SASL_PASSWORD', optional(text()), { help: 'SASL password', secret: true }),
  kafkaTopicPrefix: setting('KAFKA_TOPIC_PREFIX', optional(topicPrefix()), {
    help: 'Put before every topic and group name, so that several deployments can share a cluster: letters, digits, `.`, `_` and `-`',
  }),
  kafkaReplicationFactor: setting('KAFKA_REPLICATION_FACTOR', integer({ min: 1, max: 7 }), {
    help: 'Replicas of topics that are created on start. 3 in production; min.insync.replicas becomes one less, at least 1',
    default: '1',
  }),
  kafkaSessionTimeoutMs: setting('KAFKA_SESSION_TIMEOUT', durationMs({ min: '6s', max: '5m' }), {
    help: 'A consumer that is silent for this long loses its partitions',
    default: '30s',
  }),
} as const;

/** How long what is in the past can be looked up. */
export const historySettings = {
  historyRetentionMs: setting('HISTORY_RETENTION', durationMs({ min: '1d', max: '365d' }), {
    help: 'How long events, deliveries and their counts, and replays that have ended, can be looked up; whole days of the history are dropped',
    default: '30d',
  }),
} as const;

export const databaseSettings = {
  databaseUrl: setting('DATABASE_URL', postgresUrl(), {
    help: 'PostgreSQL, `postgres://user:password@host:port/database`',
    secret: true,
    default: 'postgres://fleethook:fleethook@127.0.0.1:5432/fleethook',
  }),
  databasePoolSize: setting('DATABASE_POOL_SIZE', integer({ min: 1, max: 200 }), {
    help: 'Connections of one process',
    default: '10',
  }),
} as const;

export const loggingSettings = {
  logLevel: setting('LOG_LEVEL', oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), {
    help: 'Least severity that is logged',
    default: 'info',
  }),
  logFormat: setting('LOG_FORMAT', optional(oneOf(['json', 'pretty'])), {
    help: '`json` or `pretty`; unset: `pretty` on a terminal, else `json`',
  }),
} as const;

export const secretsKeySetting = setting(
  'SECRETS_KEY',
  list({ pattern: /^[A-Za-z0-9+/]{43}=$/, example: 'the base64 of 32 bytes' }),
  {
    help: 'Seals webhook secrets wherever they rest: base64 of 32 bytes. Several, comma-separated, while rotating: the first seals, all open',
    secret: true,
  },
);

/** Where an app listens. */
export const listenSettings = (variable: string, defaultPort: number) =>
  ({
    host: setting('FLEETHOOK_HOST', text(), { help: 'Address to listen on', default: '127.0.0.1' }),
    port: setting(variable, port(), { help: 'Port to listen on; `0` = any free one', default: String(defaultPort) }),
    drainTimeoutMs: setting('FLEETHOOK_DRAIN_TIMEOUT', durationMs({ min: '1s', max: '10m' }), {
      help: 'How long a stopping process waits for what is in flight',
      default: '15s',
    }),
  }) as const;

/** Outbound HTTPS, for the apps that call customers' endpoints. */
export const egressSettings = {
  egressAllowCidrs: setting('EGRESS_ALLOW_CIDRS', cidrs(), {
    help: 'Address ranges that are otherwise refused (private, loopback, ...), comma-separated CIDRs',
    default: '',
  }),
  egressCaFile: setting('EGRESS_CA_FILE', optional(certificateFile()), {
    help: 'Extra certificate authorities for endpoints, PEM',
  }),
  egressProxy: setting('EGRESS_PROXY', optional(proxyUrl()), {
    help: 'HTTP proxy for every connection to an endpoint: `http://[user:password@]host:port`. No other variable is looked at',
    secret: true,
  }),
  egressPorts: setting('EGRESS_PORTS', portRanges(), {
    help: 'Ports that endpoints may have, comma-separated ports and ranges',
    default: '443,1024-65535',
  }),
  egressOriginConnections: setting('EGRESS_ORIGIN_CONNECTIONS', integer({ min: 1, max: 20_000 }), {
    help: 'Connections of one process to one origin (scheme, host, port), shared by the webhooks there; further attempts wait',
    default: '256',
  }),
  deliveryTimeoutMs: setting('DELIVERY_TIMEOUT', durationMs({ min: '1s', max: '30s' }), {
    help: 'One attempt in all: from DNS to the last byte read',
    default: '10s',
  }),
  connectTimeoutMs: setting('DELIVERY_CONNECT_TIMEOUT', durationMs({ min: '100ms', max: '30s' }), {
    help: 'TCP connect and TLS handshake within an attempt',
    default: '3s',
  }),
  maxResponseBytes: setting('DELIVERY_MAX_RESPONSE', bytes({ min: 0, max: 1_048_576 }), {
    help: 'Read at most this much of a response',
    default: '16KiB',
  }),
} as const;
