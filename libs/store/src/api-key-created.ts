import { newPrn, parseEventName, timestampOf, type Envelope } from '@fleethook/events';
import type { EventMessage } from '@fleethook/messages';
import type { ApiKeyEntity } from './entities/api-key.entity.js';

const API_KEY_CREATED = parseEventName('api_key.created');

/** The event that tells of a new key: both spellings of Peridio's pages, and never the key itself. */
export function apiKeyCreated(key: ApiKeyEntity, nowMs: number): EventMessage {
  const event = newPrn(key.organizationPrn, 'event');
  const envelope: Envelope = {
    version: 1,
    prn: event,
    type: 'api_key',
    inserted_at: timestampOf(nowMs),
    data: {
      type: 'created',
      data: { api_key_prn: key.prn, creator_prn: key.creatorPrn, api_key: { prn: key.prn, name: key.name } },
    },
  };
  return { event, name: API_KEY_CREATED, acceptedAtMs: nowMs, body: Buffer.from(JSON.stringify(envelope)) };
}
