export abstract class LaneLimits {
  /** Attempts in flight in this process. */
  abstract readonly processConcurrency: number;
  /** And of a webhook that says nothing else. */
  abstract readonly webhookConcurrency: number;
  /** Bodies of these attempts, together. */
  abstract readonly maxInFlightBytes: number;
  /** Attempts in flight to one origin (scheme, host, port), whatever webhooks they are for. */
  abstract readonly originConcurrency: number;
}
