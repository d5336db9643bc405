import type { GoingReplay } from '@fleethook/store';

/**
 * What a webhook missed comes in its order; and where the windows of two bookmarks overlap, the later replay finds in the history what the
 * earlier one has sent.
 */
export function isBehind({ source, webhookPrn, insertedAt }: GoingReplay, going: readonly GoingReplay[]): boolean {
  if (source !== 'bookmark') return false;
  return going.some(
    (other) => other.source === source && other.webhookPrn === webhookPrn && other.insertedAt < insertedAt,
  );
}
