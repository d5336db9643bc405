import { encodeDeadRecord, TOPICS, type DeadRecord } from '@fleethook/messages';
import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';

/** What is larger is cut: the coordinates name the whole record while its topic keeps it. */
const MAX_RAW_BYTES = 320 * 1_024;
const CUT_RAW_BYTES = 16 * 1_024;
const MAX_KEY_CHARACTERS = 200;

/** The dead letter of a record that cannot be routed: its bytes, why, and where it was read. */
export function deadLetterOf(
  record: KafkaRecord,
  reason: DeadRecord['deadReason'],
  detail: string,
  diedAtMs = Date.now(),
): OutgoingRecord {
  const { topic, partition, offset, key, value } = record;
  const cut = reason === 'too_large' || (value !== null && value.length > MAX_RAW_BYTES);
  return {
    topic: TOPICS.dead.name,
    ...encodeDeadRecord({
      kind: 'record',
      deadReason: reason,
      diedAtMs,
      detail,
      source: { topic, partition, offset },
      key: key?.slice(0, MAX_KEY_CHARACTERS) ?? '',
      raw: cut && value !== null ? value.subarray(0, CUT_RAW_BYTES) : value,
    }),
  };
}
