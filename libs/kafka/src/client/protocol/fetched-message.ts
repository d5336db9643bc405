import type { KafkaMessage } from 'kafkajs';
import { DecodedRecord } from './decoded-record.js';
import { encodePayload } from './record-payload.js';

/** A record as it was fetched. */
export interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  /** Of key, value and headers. */
  readonly payloadBytes: number;
  /** See record-payload.ts. */
  copyPayload(): Buffer;
}

/** What kafkajs hands out: our own records, unless the broker answered in a format of before Kafka 0.11. */
export function fetchedMessage(message: KafkaMessage): FetchedMessage {
  return message instanceof DecodedRecord ? message : ofClient(message);
}

export function fetchedMessages(messages: readonly KafkaMessage[]): readonly FetchedMessage[] {
  return messages.map(fetchedMessage);
}

function ofClient({ offset, timestamp, key, value, headers }: KafkaMessage): FetchedMessage {
  const texts: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers ?? {})) {
    const last = Array.isArray(given) ? given.at(-1) : given;
    if (last !== undefined) texts[name] = last.toString('utf8');
  }
  const payload = encodePayload(key, value, texts);
  return { offset, timestamp, payloadBytes: payload.length, copyPayload: () => payload };
}
