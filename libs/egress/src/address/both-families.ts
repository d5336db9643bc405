import type { AddressRecord, Lookups } from './lookups.js';

/** RFC 8305 §3, "Resolution Delay": how long the family that is preferred waits for the other one's answer. */
const RESOLUTION_DELAY_MS = 50;

/** What DNS said of one address family. */
export interface FamilyAnswer {
  readonly records: readonly AddressRecord[];
  readonly failure: unknown;
  /** It may have said more, had it been waited for. */
  readonly isLate: boolean;
}

/**
 * Asks for both address families. IPv4 is preferred, and so is waited for however soon IPv6 is there: what receivers have in their allow
 * lists is our IPv4 address, and many a host that we run on has no way out over IPv6.
 */
export async function askBothFamilies(lookups: Lookups, hostname: string): Promise<[FamilyAnswer, FamilyAnswer]> {
  const four = settle(lookups.resolve4(hostname));
  const six = settle(lookups.resolve6(hostname));
  const v4 = await four;
  return [v4, v4.records.length > 0 ? await withinDelay(six) : await six];
}

async function settle(query: Promise<readonly AddressRecord[]>): Promise<FamilyAnswer> {
  try {
    return { records: await query, failure: undefined, isLate: false };
  } catch (failure) {
    return { records: [], failure, isLate: false };
  }
}

async function withinDelay(answer: Promise<FamilyAnswer>): Promise<FamilyAnswer> {
  const { promise: late, resolve } = Promise.withResolvers<FamilyAnswer>();
  const timer = setTimeout(resolve, RESOLUTION_DELAY_MS, { records: [], failure: undefined, isLate: true });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
