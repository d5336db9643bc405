import type { KafkaMessage } from 'kafkajs';
import type { RecordHeaders } from '@fleethook/messages';
import { DecodedRecord } from './decoded-record.js';

/** A record as it was fetched: its value is a slice of the whole batch, its texts are not. */
export interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly keyText: string | null;
  readonly value: Buffer | null;
  /** The last value of a name that repeats. */
  readonly headerTexts: RecordHeaders;
  /** Of key, value and headers. */
  readonly payloadBytes: number;
}

/** What kafkajs hands out: our own records, unless the broker answered in a format of before Kafka 0.11. */
export function fetchedMessage(message: KafkaMessage): FetchedMessage {
  return message instanceof DecodedRecord ? message : ofClient(message);
}

export function fetchedMessages(messages: readonly KafkaMessage[]): readonly FetchedMessage[] {
  return messages.map(fetchedMessage);
}

function ofClient({ offset, timestamp, key, value, headers }: KafkaMessage): FetchedMessage {
  const headerTexts: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers ?? {})) {
    const last = Array.isArray(given) ? given.at(-1) : given;
    if (last !== undefined) headerTexts[name] = last.toString('utf8');
  }
  const payloadBytes = (key?.length ?? 0) + (value?.length ?? 0);
  return { offset, timestamp, keyText: key?.toString('utf8') ?? null, value, headerTexts, payloadBytes };
}
