import { readFileSync } from 'node:fs';
import type { Kafka as KafkaClient, KafkaConfig, RetryOptions, SASLOptions } from 'kafkajs';
import type { KafkaConnection } from '../connection.js';
import type { KafkaContext } from '../kafka-context.js';
import { clientLog } from './client-log.js';
import { patchHeartbeat } from './heartbeat-patch.js';
import { patchFetch } from './protocol/fetch-protocol.js';
import { Kafka, logLevel } from './kafkajs.js';
import { patchProduce } from './protocol/produce-protocol.js';
import { patchRequestQueue } from './request-queue-patch.js';
import { watchedSocketFactory } from './watched-socket.js';
import { registerZstd } from './protocol/zstd-codec.js';

/** Given to every consumer, producer and admin: retries in full, since a test run silently has other defaults. */
export const CLIENT_RETRY = {
  initialRetryTime: 300,
  maxRetryTime: 10_000,
  retries: 8,
  factor: 0.2,
  multiplier: 2,
} as const satisfies RetryOptions;

/** A moved partition or an added one is noticed after so long, if not before by an error. */
export const METADATA_MAX_AGE_MS = 60_000;

const REQUEST_TIMEOUT_MS = 15_000;
const CONNECTION_TIMEOUT_MS = 5_000;

const SILENCE_MARGIN_MS = 5_000;
/** A join may wait for the slowest member of its group (`rebalanceTimeout`), and the client for the join. */
const SILENCE = { answerMs: REQUEST_TIMEOUT_MS + SILENCE_MARGIN_MS, joinMs: 65_000 + SILENCE_MARGIN_MS } as const;

export interface ClientOptions {
  /** Of connecting and reading metadata; consumers, producers and admins have their own beside it. */
  readonly retry?: RetryOptions;
}

/**
 * A client of its own: never share one between two consumers or producers, they would share offsets and connections.
 *
 * @param purpose a short noun for the log and the brokers: `deliveries`, `producer`, `configuration`
 */
export function createKafka(
  connection: KafkaConnection,
  context: KafkaContext,
  purpose: string,
  options: ClientOptions = {},
): KafkaClient {
  registerZstd();
  patchRequestQueue();
  patchHeartbeat();
  patchFetch();
  patchProduce();
  const { retry = CLIENT_RETRY } = options;
  const config: KafkaConfig = {
    brokers: [...connection.brokers],
    clientId: `${connection.clientId}.${purpose}`,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { ...retry },
    socketFactory: watchedSocketFactory(SILENCE),
    // Its debug lines cost a good part of a request, so they come with `trace`.
    logLevel: context.log.isLevelEnabled('trace') ? logLevel.DEBUG : logLevel.INFO,
    logCreator: clientLog(context.log, purpose),
  };
  if (connection.tls !== undefined) {
    const { caFile } = connection.tls;
    config.ssl = caFile === undefined ? true : { ca: [readFileSync(caFile, 'utf8')] };
  }
  if (connection.sasl !== undefined) config.sasl = { ...connection.sasl } as SASLOptions;
  return new Kafka(config);
}
