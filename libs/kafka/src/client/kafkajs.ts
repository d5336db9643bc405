import { createRequire } from 'node:module';
// The default import: under native ESM the codecs are no named export, though the types allow it.
import kafkajs from 'kafkajs';
import { KafkaError } from './kafka-error.js';

/** The one door to kafkajs and to those of its modules that are patched. */

export const {
  AssignerProtocol,
  CompressionCodecs,
  CompressionTypes,
  ConfigResourceTypes,
  Kafka,
  KafkaJSNonRetriableError,
  logLevel,
  PartitionAssigners,
  Partitioners,
} = kafkajs;

const VERSION = '2.2.4';

const load = createRequire(import.meta.url);

/** @throws KafkaError CLIENT_UNKNOWN: a patch of another version would change what nobody has looked at */
export function internalOf(path: string): unknown {
  const { version } = load('kafkajs/package.json') as { version: string };
  if (version !== VERSION) throw new KafkaError('CLIENT_UNKNOWN', `kafkajs ${version} instead of ${VERSION}`);
  return load(`kafkajs/src/${path}`);
}
