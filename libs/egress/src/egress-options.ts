/** Bounds of the outbound side of one process. */
export interface EgressOptions {
  /** Ranges that are otherwise refused. */
  readonly allowCidrs: readonly string[];
  /** Ports that may be dialled, and ranges of them: `443`, `1024-65535`. Default: all. */
  readonly ports?: readonly string[];
  /** Extra certificate authorities, PEM; beside those that Node trusts. */
  readonly caFile?: string | undefined;
  /** `http://host:port`: every connection to an endpoint goes through this proxy. Default: none, whatever the environment says. */
  readonly proxy?: string | undefined;
  /** TCP connect (through the proxy, where there is one) and TLS handshake together. */
  readonly connectTimeoutMs: number;
  /** Read at most this much of a response body, then close the connection. */
  readonly maxResponseBytes: number;
  /** Status line and headers of a response. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** Connections to one origin; further attempts wait for one. Default 50. */
  readonly maxConnectionsPerOrigin?: number;
  /** Connections kept open without work, over all origins; the one idle for longest goes first. Default 4,096. */
  readonly maxIdleConnections?: number;
  /** A connection without work is closed after this time, or sooner when the receiver's `keep-alive` header says so. Default 15 s. */
  readonly idleTimeoutMs?: number;
  /** A connection that is this old is not used again, so that a name's new address is gone to. Default 5 min. */
  readonly maxConnectionAgeMs?: number;
  /** Default: DNS, then what the system knows beside it. */
  readonly resolver?: HostResolver;
}

/** Looks up a host name. Rejects with the look-up's own error. */
export interface HostResolver {
  resolve(hostname: string): Promise<readonly string[]>;
}

/** The fields of an app's settings that concern egress. */
export interface EgressSettings {
  readonly egressAllowCidrs: readonly string[];
  readonly egressPorts: readonly string[];
  readonly egressOriginConnections: number;
  readonly egressCaFile: string | undefined;
  readonly egressProxy: string | undefined;
  readonly connectTimeoutMs: number;
  readonly maxResponseBytes: number;
}

export function egressOptionsOf(settings: EgressSettings): EgressOptions {
  return {
    allowCidrs: settings.egressAllowCidrs,
    ports: settings.egressPorts,
    maxConnectionsPerOrigin: settings.egressOriginConnections,
    caFile: settings.egressCaFile,
    proxy: settings.egressProxy,
    connectTimeoutMs: settings.connectTimeoutMs,
    maxResponseBytes: settings.maxResponseBytes,
  };
}
