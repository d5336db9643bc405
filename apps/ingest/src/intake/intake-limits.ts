/** What one request may cost. */
export interface IntakeLimits {
  /** An event, normalised. */
  readonly maxEventBytes: number;
  /** A body, decompressed. */
  readonly maxRequestBytes: number;
  /** The answer names each event, so their number is bounded as well. */
  readonly maxEvents: number;
}

export const MAX_EVENTS_PER_REQUEST = 50_000;

export const INTAKE_LIMITS = Symbol('intake limits');
