import type { EncodedRecord } from '@fleethook/messages';
import type { FetchedMessage } from '../client/protocol/fetched-message.js';
import { PlaceTexts } from '../client/protocol/place-texts.js';
import { headerTextsAt, keyTextAt, valueAt } from '../client/protocol/record-payload.js';

/** A record as the codecs read it; it may be kept, since nothing of the fetch is held. */
export function recordOf(message: FetchedMessage): EncodedRecord {
  const payload = message.copyPayload();
  return {
    key: keyTextAt(payload, 0),
    value: valueAt(payload, 0),
    headers: headerTextsAt(payload, 0, new PlaceTexts()),
  };
}
