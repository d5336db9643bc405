/** What a client may take of an HTTP server: its time and its headers. Bodies are bounded by the routes that read them. */
export interface ClientLimits {
  /** Request line and headers. */
  readonly maxHeaderBytes: number;
  /** For the headers to arrive. */
  readonly headersTimeoutMs: number;
  /** For the whole request to arrive: a client that trickles must not keep its connection. */
  readonly requestTimeoutMs: number;
  /** How often connections are looked at for both: so much later they may be cut. */
  readonly checkIntervalMs: number;
  /** Without a request. */
  readonly keepAliveTimeoutMs: number;
  /** Nothing moves on the connection at all, whether it is we who are awaited or the client. */
  readonly silenceTimeoutMs: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  maxHeaderBytes: 16 * 1_024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkIntervalMs: 5_000,
  // Longer than load balancers keep idle connections (60 s), so that it is they who close them.
  keepAliveTimeoutMs: 65_000,
  // Longer than a request may wait for Kafka.
  silenceTimeoutMs: 60_000,
};

/** As options of Fastify's server. */
export interface LimitedServer {
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
  readonly keepAliveTimeout: number;
  readonly http: {
    readonly maxHeaderSize: number;
    readonly headersTimeout: number;
    readonly connectionsCheckingInterval: number;
  };
}

export function limitedServer(limits: ClientLimits = CLIENT_LIMITS): LimitedServer {
  return {
    requestTimeout: limits.requestTimeoutMs,
    connectionTimeout: limits.silenceTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
    },
  };
}
