import { AddressGuard } from './address-guard.js';
import { EgressError } from '../egress-error.js';

const MAX_PORT = 65_535;

/** What may be dialled. */
export class DialPolicy {
  readonly guard: AddressGuard;
  readonly #ports: readonly { readonly from: number; readonly to: number }[];

  /**
   * @param allowCidrs ranges that are otherwise refused
   * @param ports those that are allowed: `443`, `1024-65535`. Default: all
   * @throws EgressError CIDR_INVALID, PORTS_INVALID
   */
  constructor(allowCidrs: readonly string[] = [], ports: readonly string[] = [`1-${MAX_PORT}`]) {
    this.guard = new AddressGuard(allowCidrs);
    this.#ports = ports.map(portRange);
  }

  isPortAllowed(port: number): boolean {
    return this.#ports.some(({ from, to }) => port >= from && port <= to);
  }
}

function portRange(text: string): { from: number; to: number } {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === '' || from < 1 || to < from || to > MAX_PORT) throw new EgressError('PORTS_INVALID', text);
  return { from, to };
}
