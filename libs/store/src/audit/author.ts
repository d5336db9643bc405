import type { Prn } from '@fleethook/events';

/** Who makes a change, as the audit log names them. */
export interface Author {
  /** An API key by its PRN, whoever holds the operator's key, or Fleethook itself. */
  readonly actor: Prn<'api_key'> | 'operator' | 'system';
  /** `peridio-request-id` of the call that asked for it; null when none did. */
  readonly requestId: string | null;
}

/** Fleethook itself: a rule, a job, the start. */
export const SYSTEM: Author = { actor: 'system', requestId: null };
