/** Why an event cannot be matched, each with a stable code. */
export const MATCHING_ERRORS = {
  BODY_NOT_JSON: 'a filter asks for the content of an event whose body is not JSON',
} as const;

export type MatchingErrorCode = keyof typeof MATCHING_ERRORS;

export class MatchingError extends Error {
  constructor(
    readonly code: MatchingErrorCode,
    options?: ErrorOptions,
  ) {
    super(MATCHING_ERRORS[code], options);
    this.name = 'MatchingError';
  }
}
