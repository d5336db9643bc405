import type { Envelope } from '@fleethook/events';
import type { RecordedEvent } from '@fleethook/store';
import type { EventView } from './event.schemas.js';

export function eventView({ body, actor, resource }: RecordedEvent): EventView {
  const envelope = JSON.parse(body.toString('utf8')) as Envelope;
  return {
    ...envelope,
    actor_prn: actor ?? null,
    resource_prn: resource ?? null,
    event_subtype: envelope.data.type,
  };
}
