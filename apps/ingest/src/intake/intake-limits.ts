/** What one request may cost. */
export interface IntakeLimits {
  /** An event, normalised. */
  readonly maxEventBytes: number;
  /** A body, decompressed. */
  readonly maxRequestBytes: number;
}

export const INTAKE_LIMITS = Symbol('intake limits');
