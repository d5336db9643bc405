import type { JsonObject } from './envelope/envelope.js';
import { parseEventName, type EventName } from './names/event-name.js';
import apiKeyCreatedSchema from './catalogue/api_key.created.schema.json' with { type: 'json' };
import apiKeyCreatedExample from './catalogue/api_key.created.example.json' with { type: 'json' };
import deviceAuthenticationFailedSchema from './catalogue/device.authentication_failed.schema.json' with { type: 'json' };
import deviceAuthenticationFailedExample from './catalogue/device.authentication_failed.example.json' with { type: 'json' };
import deviceCheckedForReleaseSchema from './catalogue/device.checked_for_release.schema.json' with { type: 'json' };
import deviceCheckedForReleaseExample from './catalogue/device.checked_for_release.example.json' with { type: 'json' };
import deviceClaimedReleaseSchema from './catalogue/device.claimed_release.schema.json' with { type: 'json' };
import deviceClaimedReleaseExample from './catalogue/device.claimed_release.example.json' with { type: 'json' };
import deviceConnectedSchema from './catalogue/device.connected.schema.json' with { type: 'json' };
import deviceConnectedExample from './catalogue/device.connected.example.json' with { type: 'json' };
import deviceDisconnectedSchema from './catalogue/device.disconnected.schema.json' with { type: 'json' };
import deviceDisconnectedExample from './catalogue/device.disconnected.example.json' with { type: 'json' };
import deviceReleaseChangedSchema from './catalogue/device.release_changed.schema.json' with { type: 'json' };
import deviceReleaseChangedExample from './catalogue/device.release_changed.example.json' with { type: 'json' };
import deviceUpdatedSchema from './catalogue/device.updated.schema.json' with { type: 'json' };
import deviceUpdatedExample from './catalogue/device.updated.example.json' with { type: 'json' };
import webhookRequestFailedSchema from './catalogue/webhook.request_failed.schema.json' with { type: 'json' };
import webhookRequestFailedExample from './catalogue/webhook.request_failed.example.json' with { type: 'json' };
import webhookTestFireSchema from './catalogue/webhook.test_fire.schema.json' with { type: 'json' };
import webhookTestFireExample from './catalogue/webhook.test_fire.example.json' with { type: 'json' };

/** JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface CatalogueEntry {
  readonly name: EventName;
  readonly description: string;
  /** Of the payload (`data.data`); open: further properties are let through and kept. */
  readonly schema: JsonSchema;
  readonly example: JsonObject;
  /** False: kept as a record only, never taken in from a producer and never sent through a webhook. */
  readonly deliverable: boolean;
}

function entry(
  schema: { title: string; description: string } & JsonSchema,
  example: JsonObject,
  deliverable = true,
): [EventName, CatalogueEntry] {
  const name = parseEventName(schema.title);
  return [name, { name, description: schema.description, schema, example, deliverable }];
}

/** The event types that come with the product, by name; organizations can register more. */
export const catalogue: ReadonlyMap<string, CatalogueEntry> = new Map([
  entry(deviceConnectedSchema, deviceConnectedExample),
  entry(deviceDisconnectedSchema, deviceDisconnectedExample),
  entry(deviceAuthenticationFailedSchema, deviceAuthenticationFailedExample),
  entry(deviceCheckedForReleaseSchema, deviceCheckedForReleaseExample),
  entry(deviceClaimedReleaseSchema, deviceClaimedReleaseExample),
  entry(deviceReleaseChangedSchema, deviceReleaseChangedExample),
  entry(deviceUpdatedSchema, deviceUpdatedExample),
  entry(apiKeyCreatedSchema, apiKeyCreatedExample),
  entry(webhookTestFireSchema, webhookTestFireExample),
  // Publishing failures through webhooks would recurse.
  entry(webhookRequestFailedSchema, webhookRequestFailedExample, false),
]);
