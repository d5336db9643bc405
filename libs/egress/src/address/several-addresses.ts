import { isIP, type LookupFunction } from 'node:net';

/** One of several addresses gets this long before the next is tried as well (RFC 8305 §5 asks for 250 ms, which far receivers miss). */
const NEXT_ADDRESS_AFTER_MS = 1_000;

export interface SeveralAddresses {
  readonly lookup: LookupFunction;
  readonly autoSelectFamily: true;
  readonly autoSelectFamilyAttemptTimeout: number;
}

/**
 * What has a socket dial these addresses, one after the other, and look nothing up itself.
 * @param addresses one at least
 * @param timeoutMs of all of them together
 */
export function dialInTurn(addresses: readonly string[], timeoutMs: number): SeveralAddresses {
  return {
    lookup: answering(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(NEXT_ADDRESS_AFTER_MS, Math.floor(timeoutMs / 2))),
  };
}

function answering(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = all;
    if (options.all === true || first === undefined) callback(null, all);
    else callback(null, first.address, first.family);
  };
}
