export type StandaloneErrorCode =
  | 'APP_FAILED'
  | 'DATA_FOLDER_UNUSABLE'
  | 'DATA_FOLDER_IN_USE'
  | 'KEYS_UNREADABLE'
  | 'HOST_UNKNOWN'
  | 'PORT_TAKEN'
  | 'MIGRATION_FAILED'
  | 'API_REFUSED';

/** Why the whole cannot start. The message is a sentence with what to do about it. */
export class StandaloneError extends Error {
  constructor(
    readonly code: StandaloneErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'StandaloneError';
  }
}
