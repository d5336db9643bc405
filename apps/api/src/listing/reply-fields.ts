import { z } from 'zod';
import { prnPattern, RESOURCE_TYPES, type ResourceType } from '@fleethook/events';

/** Fields that many replies have, as the API's document tells them. */

/** As PostgreSQL and we write it. */
export const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** UTC, whole seconds. */
export const timestamp = z
  .string()
  .meta({ format: 'date-time', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$` });

export function prnField(type: Exclude<ResourceType, 'user'>): z.ZodString {
  return z.string().meta({ pattern: prnPattern(type) });
}

const owned = RESOURCE_TYPES.filter((type) => type !== 'organization' && type !== 'user').join('|');
/** Of requests, whatever it is that they name. */
export const anyPrnPattern = `^prn:1:(user:${UUID}|${UUID}(:(${owned}):${UUID})?)$`;

/** Of what is named by a UUID alone: a delivery, a warning, a series. */
export const uuidField = z.string().meta({ pattern: `^${UUID}$` });

/** Of every list. */
export const nextPage = z.string().nullable().meta({ description: 'Cursor of the next page; null on the last' });
