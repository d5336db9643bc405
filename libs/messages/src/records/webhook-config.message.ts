import { z } from 'zod';
import { isPrn, normaliseEventName, type EventName, type Prn, type ResourceType } from '@fleethook/events';
import type { EncodedRecord, RecordToSend } from './headers.js';
import { requireReadable } from './unreadable.js';
import { MessageError } from '../message-error.js';

/** What the data plane knows about configuration: one record per thing, keyed by its PRN; a tombstone deletes it. */

const prn = <T extends ResourceType>(type: T) =>
  z.custom<Prn<T>>((text) => typeof text === 'string' && isPrn(text, type));

/** Grows with every change of the thing; a reader ignores what is older than what it has. */
const version = z.int().nonnegative();

const Webhook = z.object({
  v: z.literal(1),
  kind: z.literal('webhook'),
  version,
  prn: prn('webhook'),
  organization: prn('organization'),
  url: z.string(),
  enabledEvents: z.array(z.custom<EventName>((text) => typeof text === 'string' && normaliseEventName(text) === text)),
  state: z.enum(['enabled', 'disabled']),
  /** The version with which its endpoint was verified last: with another URL, or when it was enabled. Releases that do not know it leave it out. */
  verifiedVersion: z.int().nonnegative().optional(),
  /** Oldest first; all that have not expired sign. Sealed: see sealed-secret.ts. */
  secrets: z.array(z.object({ sealed: z.string(), expiresAtMs: z.int().optional() })).max(3),
  timeoutMs: z.int().optional(),
  maxConcurrency: z.int().optional(),
  ratePerSecond: z.number().positive().optional(),
  /** What its owner adds to each request: see sealed-headers.ts. Releases that do not know them leave them out. */
  sealedHeaders: z.string().optional(),
  sealedBasicAuth: z.string().optional(),
  /** Spread over so many lanes; 1 unless the webhook is too hot for one process. */
  lanes: z.int().min(1).default(1),
  /** Which of the events it named it wants; libs/matching knows its language. Releases that do not know it deliver all. */
  filter: z.custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)).optional(),
});
export type WebhookConfig = z.infer<typeof Webhook>;

export const API_KEY_SCOPES = ['read', 'configure', 'publish', 'replay'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

const ApiKey = z.object({
  v: z.literal(1),
  kind: z.literal('api_key'),
  version,
  prn: prn('api_key'),
  organization: prn('organization'),
  /** See api-key-hash.ts. */
  hash: z.string(),
  scopes: z.array(z.enum(API_KEY_SCOPES)),
  expiresAtMs: z.int().optional(),
});
export type ApiKeyConfig = z.infer<typeof ApiKey>;

const EventType = z.object({
  v: z.literal(1),
  kind: z.literal('event_type'),
  version,
  organization: prn('organization'),
  name: z.custom<EventName>((text) => typeof text === 'string' && normaliseEventName(text) === text),
  /** JSON Schema, draft 2020-12, of the payload (`data.data`). */
  schema: z.record(z.string(), z.unknown()),
});
export type EventTypeConfig = z.infer<typeof EventType>;

const Config = z.discriminatedUnion('kind', [Webhook, ApiKey, EventType]);
export type ConfigMessage = z.infer<typeof Config>;

/** The key of a configuration record: a PRN, or for an event type its organization and name. */
export function configKey(message: KeyedConfig): string {
  return message.kind === 'event_type' ? `${message.organization}:event_type:${message.name}` : message.prn;
}

type KeyedConfig =
  | Pick<WebhookConfig, 'kind' | 'prn'>
  | Pick<ApiKeyConfig, 'kind' | 'prn'>
  | Pick<EventTypeConfig, 'kind' | 'organization' | 'name'>;

const EVENT_TYPE_KEY = /^(prn:1:[0-9a-f-]{36}):event_type:(.+)$/;

/** What the key of an event type names: a tombstone has nothing else. */
export function eventTypeOfKey(key: string): Pick<EventTypeConfig, 'organization' | 'name'> | undefined {
  const [, organization = '', name = ''] = EVENT_TYPE_KEY.exec(key) ?? [];
  if (!isPrn(organization, 'organization')) return undefined;
  const known = normaliseEventName(name);
  return known === name ? { organization, name: known } : undefined;
}

export function encodeConfig(message: ConfigMessage): RecordToSend {
  return { key: configKey(message), value: JSON.stringify(message), headers: {} };
}

export function encodeTombstone(key: string): RecordToSend {
  return { key, value: null, headers: {} };
}

/** `null` is a tombstone: what the key names is gone. What cannot be read has no value either, and takes nothing away. @throws MessageError */
export function decodeConfig(record: EncodedRecord): ConfigMessage | null {
  requireReadable(record);
  if (record.value === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(record.value.toString('utf8'));
  } catch (cause) {
    throw new MessageError('VALUE_INVALID', 'not JSON', { cause });
  }
  const parsed = Config.safeParse(value);
  if (!parsed.success) throw new MessageError('VALUE_INVALID', z.prettifyError(parsed.error), { cause: parsed.error });
  return parsed.data;
}
