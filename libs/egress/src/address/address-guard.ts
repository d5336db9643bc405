import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { EgressError } from '../egress-error.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** All of IPv6 that is given out for the public internet (RFC 4291 §2.4, IANA); everything beside it is special, reserved or unassigned. */
const GLOBAL_UNICAST: Range = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Decides which addresses may be dialled. Only public unicast is: what is private, local or special is refused by what it is not, so that
 * a range reserved tomorrow is refused as well. IPv6 forms that carry an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) are refused
 * too; a range that allows such a form allows it only for the IPv4 addresses that could be dialled as they are.
 */
export class AddressGuard {
  readonly #allowed: readonly Range[];

  /**
   * @param allowCidrs ranges that are otherwise refused: `10.20.0.0/16`, `fd00::/8`
   * @throws EgressError CIDR_INVALID
   */
  constructor(allowCidrs: readonly string[] = []) {
    this.#allowed = allowCidrs.map((cidr) => {
      try {
        return ipaddr.parseCIDR(cidr);
      } catch (cause) {
        throw new EgressError('CIDR_INVALID', cidr, { cause });
      }
    });
  }

  /**
   * Why the address must not be dialled; undefined = it may be.
   * @param address as a socket takes it: `192.0.2.1`, `2001:db8::1`. A name, or another way to write a number, is refused.
   */
  refusal(address: string): string | undefined {
    // Only what Node itself takes for an address is dialled without a look-up, so nothing else may pass here.
    if (isIP(address) === 0 || address.includes('%')) return `${address} is not an IP address`;
    return this.#refusal(ipaddr.parse(address), address);
  }

  /** Those that may be dialled, in their order: of a name that leads to good and bad ones, the good ones. */
  permitted(addresses: readonly string[]): readonly string[] {
    return addresses.filter((address) => this.refusal(address) === undefined);
  }

  #refusal(address: Address, shown: string): string | undefined {
    const carried = address instanceof ipaddr.IPv6 ? carriedIpv4(address) : undefined;
    const allowed = this.#allowed.some((range) => matches(address, range));
    if (carried !== undefined) {
      const inner = carried.toString();
      if (!allowed) return `${shown} carries ${inner} inside an IPv6 address, which is refused`;
      return this.#refusal(carried, `${inner} (inside ${shown})`);
    }
    if (allowed || isPublicUnicast(address)) return undefined;
    return `${shown} is not a public address (${kindOf(address)})`;
  }
}

function matches(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

function isPublicUnicast(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || matches(address, GLOBAL_UNICAST);
}

function kindOf(address: Address): string {
  const range = address.range();
  return range === 'unicast' ? 'unassigned' : range;
}

/** Where an IPv6 form keeps the IPv4 address that it stands for: the offset of its first byte. */
const CARRIED_AT = new Map<string, number>([
  ['ipv4Mapped', 12], // ::ffff:0:0/96, RFC 4291 §2.5.5.2
  ['rfc6145', 12], // ::ffff:0:0:0/96, translated
  ['rfc6052', 12], // 64:ff9b::/96 and 64:ff9b:1::/48, NAT64
  ['6to4', 2], // 2002::/16, RFC 3056
  ['teredo', 12], // 2001::/32, RFC 4380 §4: every bit turned over
]);

/** The IPv4 address that a translator or tunnel on the way would send to. */
function carriedIpv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const bytes = address.toByteArray();
  const range = address.range();
  const offset = CARRIED_AT.get(range) ?? (isIpv4Compatible(bytes) && range === 'unicast' ? 12 : undefined);
  if (offset === undefined) return undefined;
  const carried = bytes.slice(offset, offset + 4);
  return new ipaddr.IPv4(range === 'teredo' ? carried.map((byte) => byte ^ 0xff) : carried);
}

/** ::/96, RFC 4291 §2.5.5.1. `::` and `::1` look the same but have ranges of their own. */
function isIpv4Compatible(bytes: readonly number[]): boolean {
  return bytes.slice(0, 12).every((byte) => byte === 0);
}
