import { timestampOf, type CatalogueEntry } from '@fleethook/events';
import type { EventTypeEntity } from '@fleethook/store';
import type { EventTypeView } from './event-type.schemas.js';

export function shippedView({ name, description, deliverable, schema, example }: CatalogueEntry): EventTypeView {
  return {
    name,
    description,
    source: 'shipped',
    deliverable,
    schema: { ...schema },
    example,
    inserted_at: null,
    updated_at: null,
  };
}

export function registeredView(eventType: EventTypeEntity): EventTypeView {
  return {
    name: eventType.name,
    description: eventType.description,
    source: 'registered',
    deliverable: true,
    schema: JSON.parse(eventType.schemaJson) as EventTypeView['schema'],
    example: JSON.parse(eventType.exampleJson) as EventTypeView['example'],
    inserted_at: timestampOf(eventType.insertedAt.getTime()),
    updated_at: timestampOf(eventType.updatedAt.getTime()),
  };
}
