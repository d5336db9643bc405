import type { KafkaMessage } from 'kafkajs';
import type { EncodedRecord } from '@fleethook/messages';
import { fetchedMessage } from '../client/protocol/fetched-message.js';
import { recordOf } from '../reader-group/encoded-record.js';

/** A record as it lies in the log. Its bytes are slices of a whole fetch: copy what is to be kept. */
export interface LogRecord extends EncodedRecord {
  /** Without the prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
}

/** The next records of one partition, in order. */
export interface LogStretch {
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** Reading goes on here: beyond the last record, for offsets without one are passed over. */
  readonly next: number;
  /** Offsets of the range that the log has no more. */
  readonly expired: number;
}

/** @param topic without the prefix */
export function logRecordOf(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestampMs: Number(message.timestamp),
    ...recordOf(fetchedMessage(message)),
  };
}
