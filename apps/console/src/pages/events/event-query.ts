import type { Operations } from '@fleethook/contract';

type Query = Operations['GET /events']['query'];

/** The API begins with the oldest; whoever looks wants what has just come. */
const NEWEST_FIRST = { order: 'desc' } as const;

/** @param device its identifier or its PRN; @param name the type and subtype, joined by a dot; each may be empty: any */
export const eventQuery = (device: string, name: string): Query => ({
  ...NEWEST_FIRST,
  ...deviceQuery(device),
  ...typeQuery(name),
});

export const recentEvents = (limit: number): Query => ({ ...NEWEST_FIRST, limit });

function deviceQuery(text: string): Query {
  if (text === '') return {};
  return text.startsWith('prn:') ? { device_prn: text } : { identifier: text };
}

function typeQuery(name: string): Query {
  const [type, subtype] = name.split('.');
  return subtype === undefined ? {} : { type, subtype };
}
