import type { KafkaRecord, OutgoingRecord } from '@fleethook/kafka';
import { encodeDeadRecord, TOPICS, type DeadRecord } from '@fleethook/messages';

/** What is larger is cut: the coordinates name the whole record while its topic keeps it. */
const MAX_RAW_BYTES = 512 * 1_024;
const CUT_RAW_BYTES = 16 * 1_024;
const MAX_KEY_CHARACTERS = 200;

/** The dead letter of a record that is not, or cannot be kept as, a delivery: its bytes, why, and where it was read. */
export function deadRecordOf(
  record: KafkaRecord,
  deadReason: DeadRecord['deadReason'],
  detail: string,
  diedAtMs: number,
): OutgoingRecord {
  const { topic, partition, offset, key, value } = record;
  const isCut = deadReason === 'too_large' || (value !== null && value.length > MAX_RAW_BYTES);
  const encoded = encodeDeadRecord({
    kind: 'record',
    deadReason,
    diedAtMs,
    detail,
    source: { topic, partition, offset },
    key: key?.slice(0, MAX_KEY_CHARACTERS) ?? '',
    raw: isCut && value !== null ? value.subarray(0, CUT_RAW_BYTES) : value,
  });
  return { topic: TOPICS.dead.name, ...encoded };
}
