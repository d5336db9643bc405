import { AddressGuard } from './address-guard.js';

const OPEN = new AddressGuard(['127.0.0.0/8', '::1/128']);
const MOST_KEPT = 4_096;
/** Asked about every attempt, and of few addresses: working it out takes up to 15 µs. */
const kept = new Map<string, boolean>();

/**
 * Where anybody could ask for themselves: the internet, and this very machine, which the operator lets through on a laptop. What answers at
 * another address is within the operator's network, and what it says beyond its status is not for whoever may name a URL.
 */
export function isOpenAddress(address: string): boolean {
  const known = kept.get(address);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const isOpen = OPEN.refusal(address) === undefined;
  kept.set(address, isOpen);
  return isOpen;
}
