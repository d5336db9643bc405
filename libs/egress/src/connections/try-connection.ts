import type { TLSSocket } from 'node:tls';
import { DialPolicy } from '../address/dial-policy.js';
import { DnsResolver, type LookupMetrics } from '../address/dns-resolver.js';
import type { EgressOptions } from '../egress-options.js';
import type { Failure } from '../exchange/failure-class.js';
import { Opening } from './opening.js';
import { Targets } from './origin.js';
import { outboundProxyOf } from '../proxy/outbound-proxy.js';
import { trustOf } from './trust.js';

export type ConnectionTrial =
  | { readonly kind: 'connected'; readonly address: string; readonly protocol: string; readonly validTo: string }
  | { readonly kind: 'refused'; readonly detail: string }
  | ({ readonly kind: 'failed' } & Failure);

/**
 * Opens a connection as a delivery would (look-up, guard, TCP, TLS), and closes it: nothing is sent.
 * @throws EgressError CA_FILE_UNREADABLE, CIDR_INVALID, PORTS_INVALID, PROXY_INVALID
 */
export function tryConnection(url: string, options: EgressOptions, metrics: LookupMetrics): Promise<ConnectionTrial> {
  const policy = new DialPolicy(options.allowCidrs, options.ports);
  const target = new Targets(policy).of(url);
  if (typeof target === 'string') return Promise.resolve({ kind: 'refused', detail: target });
  const { connectTimeoutMs, caFile } = options;
  const resolver = options.resolver ?? new DnsResolver(metrics);
  const proxy = options.proxy === undefined ? undefined : outboundProxyOf(options.proxy);
  const dialling = { guard: policy.guard, resolver, trust: trustOf(caFile), connectTimeoutMs, proxy };
  return new Promise((resolve) => {
    const owner = {
      session: undefined,
      opened: (opening: Opening, socket: TLSSocket): void => {
        const { valid_to: validTo } = socket.getPeerCertificate();
        const protocol = socket.getProtocol() ?? 'TLS';
        socket.destroy();
        resolve({ kind: 'connected', address: opening.address ?? '', protocol, validTo });
      },
      failed: (_opening: Opening, failure: Failure): void => resolve({ kind: 'failed', ...failure }),
    };
    new Opening(target.origin, dialling, owner).start();
  });
}
