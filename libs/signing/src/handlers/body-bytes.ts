import { WebhookError } from '../webhook-error.js';

/**
 * A whole body, up to a limit. What is above it is still read, so that the answer gets through, but not kept.
 * @throws WebhookError `BODY_TOO_LARGE`, `BODY_INCOMPLETE`
 */
export async function wholeBody(chunks: AsyncIterable<unknown>, maxBytes: number): Promise<Buffer> {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      const piece = chunk as Uint8Array;
      bytes += piece.length;
      if (bytes <= maxBytes) kept.push(piece);
      else kept = [];
    }
  } catch (cause) {
    throw new WebhookError('BODY_INCOMPLETE', { detail: `after ${bytes} bytes`, cause });
  }
  if (bytes > maxBytes) throw new WebhookError('BODY_TOO_LARGE', { detail: `${bytes} of ${maxBytes} bytes` });
  return Buffer.concat(kept);
}
