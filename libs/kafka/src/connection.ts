/** How to reach a cluster: what `libs/config` read, in this room's words. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Shown in the brokers' logs and quotas. */
  readonly clientId: string;
  /** Put before every topic and group name; empty for none. */
  readonly prefix: string;
  readonly replicationFactor: number;
  readonly sessionTimeoutMs: number;
  /** Undefined: plain text. */
  readonly tls?: { readonly caFile?: string | undefined } | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}
