import { protocolError } from '../client/protocol/produce-protocol.js';
import type { PartitionReply } from './produce-client.js';

/** What became of one partition of a call. */
export type Fate =
  | { readonly kind: 'written' }
  /** The reply says nothing of it: its leader moved to a broker that had answered before, and the client skipped it. Nowhere written. */
  | { readonly kind: 'missing' }
  /** Not written, but may be next time. */
  | { readonly kind: 'again'; readonly cause: Error }
  /** Something in the batch is too large or malformed. */
  | { readonly kind: 'too_large'; readonly cause: Error }
  | { readonly kind: 'refused'; readonly cause: Error };

const WRITTEN: Fate = { kind: 'written' };
const MISSING: Fate = { kind: 'missing' };

/**
 * MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD: said of a batch, though one record may be the reason. Not INVALID_TIMESTAMP: the
 * time of a batch is that of its sending, by a clock that may be put right.
 */
const OF_THE_RECORD: ReadonlySet<number> = new Set([10, 18, 87]);

/** Sorts a reply by what was sent: a call may resolve although a partition was never written. */
export function fatesOf(
  sent: readonly { readonly topic: string; readonly partition: number }[],
  replies: readonly PartitionReply[],
): Fate[] {
  const codes = new Map<string, number>();
  for (const { topicName, partition, errorCode } of replies) {
    const name = `${topicName}/${partition}`;
    // Said twice when the leader moved during the call: written once is written.
    if (codes.get(name) !== 0) codes.set(name, errorCode);
  }
  return sent.map(({ topic, partition }) => fateOf(codes.get(`${topic}/${partition}`)));
}

function fateOf(code: number | undefined): Fate {
  if (code === undefined) return MISSING;
  if (code === 0) return WRITTEN;
  const cause = protocolError(code);
  if (OF_THE_RECORD.has(code)) return { kind: 'too_large', cause };
  return { kind: cause.retriable ? 'again' : 'refused', cause };
}
