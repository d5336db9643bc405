import { EventError } from '../event-error.js';
import { uuidV5In } from './uuid-v5.js';
import { newUuidV7 } from './uuid-v7.js';

/** Peridio Resource Names: `prn:1:<organization-uuid>` and `prn:1:<organization-uuid>:<type>:<uuid>`; a user's is `prn:1:user:<uuid>`. */
export const RESOURCE_TYPES = [
  'organization',
  'event',
  'device',
  'webhook',
  'api_key',
  'user',
  'release',
  'bundle',
  'cohort',
  'product',
  'firmware',
  'replay',
] as const;
export type ResourceType = (typeof RESOURCE_TYPES)[number];

declare const resource: unique symbol;
/** A PRN of one resource type: a webhook's does not fit where a device's goes. */
export type Prn<T extends ResourceType = ResourceType> = string & { readonly [resource]: T };

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** A regular expression that PRNs of one type fit and nothing else does, for JSON Schemas. */
export function prnPattern(type: ResourceType): string {
  if (type === 'organization') return `^prn:1:${UUID}$`;
  return type === 'user' ? `^prn:1:user:${UUID}$` : `^prn:1:${UUID}:${type}:${UUID}$`;
}

const PATTERNS: ReadonlyMap<string, RegExp> = new Map(
  RESOURCE_TYPES.map((type) => [type, new RegExp(prnPattern(type))]),
);
const ORGANIZATION_LENGTH = 'prn:1:'.length + 36;

export function isPrn<T extends ResourceType>(text: string, type: T): text is Prn<T> {
  return PATTERNS.get(type)?.test(text) === true;
}

/** @throws EventError PRN_INVALID, naming the text and the type that was wanted */
export function parsePrn<T extends ResourceType>(text: string, type: T): Prn<T> {
  if (!isPrn(text, type)) throw new EventError('PRN_INVALID', { text, type });
  return text;
}

export function newOrganizationPrn(): Prn<'organization'> {
  return `prn:1:${newUuidV7()}` as Prn<'organization'>;
}

/** A new name within an organization. Version 7: names sort by the time they were given. */
export function newPrn<T extends Exclude<ResourceType, 'organization' | 'user'>>(
  organization: Prn<'organization'>,
  type: T,
): Prn<T> {
  return `${organization}:${type}:${newUuidV7()}` as Prn<T>;
}

/** The organization that owns what a PRN names. */
export function organizationOf(prn: Prn<Exclude<ResourceType, 'user'>>): Prn<'organization'> {
  return prn.slice(0, ORGANIZATION_LENGTH) as Prn<'organization'>;
}

const deliveryUuid = uuidV5In('6f3f6a52-6d8f-5d0c-9a55-2b6f1c7d9e10');

/** The same event for the same webhook is the same delivery, however often it is sent: a name derived from both. */
export function deliveryIdOf(event: Prn<'event'>, webhook: Prn<'webhook'>): string {
  return deliveryUuid(`${event} ${webhook}`);
}
