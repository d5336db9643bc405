/** Why a record cannot be read, each with a stable code. */
export const MESSAGE_ERRORS = {
  VERSION_UNKNOWN: 'the record has a format version that this release cannot read',
  HEADER_MISSING: 'a required header is missing or malformed',
  VALUE_MISSING: 'the record has no value',
  VALUE_INVALID: 'the value is not what the topic holds',
  RECORD_UNREADABLE: 'the record cannot be read, nor any other of its batch',
  SECRET_UNREADABLE: 'the sealed secret opens with none of the keys',
} as const;

export type MessageErrorCode = keyof typeof MESSAGE_ERRORS;

export class MessageError extends Error {
  constructor(
    readonly code: MessageErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${MESSAGE_ERRORS[code]}: ${detail}`, options);
    this.name = 'MessageError';
  }
}
