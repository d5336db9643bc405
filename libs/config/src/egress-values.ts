import { isIP } from 'node:net';
import type { z } from 'zod';
import { listOf } from './values.js';

const MAX_PORT = 65_535;
const PREFIX_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** Address ranges, comma-separated: `10.20.0.0/16`, `fd00::/8`. */
export const cidrs = (): z.ZodType<readonly string[], string | undefined> => listOf(cidrFault);

/** Ports that may be dialled, comma-separated: `443`, `8000-8999`. */
export const portRanges = (): z.ZodType<readonly string[], string | undefined> => listOf(portRangeFault);

function cidrFault(item: string): string | undefined {
  const [, address = '', prefix = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(item) ?? [];
  // Written in full: `10/8` would be read as 0.0.0.10/8.
  const bits = PREFIX_BITS[isIP(address)];
  if (bits === undefined) return 'is not like 10.20.0.0/16';
  return Number(prefix) > bits ? `must have a prefix of at most ${bits} bits` : undefined;
}

function portRangeFault(item: string): string | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(item) ?? [];
  if (first === undefined) return 'is not like 443 or 8000-8999';
  const [from, to] = [Number(first), Number(last)];
  if (from < 1 || to > MAX_PORT) return `must lie within 1 and ${MAX_PORT}`;
  return to < from ? 'must begin with its lower port' : undefined;
}
