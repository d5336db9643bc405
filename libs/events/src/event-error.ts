/** What can be wrong with an event or a name, each with a stable code. */
export const EVENT_ERRORS = {
  PRN_INVALID: 'not a PRN of the wanted type',
  EVENT_NAME_INVALID: 'not a name such as device.connected',
  SCHEMA_INVALID: 'not a JSON Schema, draft 2020-12, that can be used',
} as const;

export type EventErrorCode = keyof typeof EVENT_ERRORS;

export class EventError extends Error {
  constructor(
    readonly code: EventErrorCode,
    readonly details: Readonly<Record<string, string>>,
    options?: ErrorOptions,
  ) {
    const named = Object.entries(details).map(([key, value]) => `${key} ${JSON.stringify(value.slice(0, 200))}`);
    super(`${EVENT_ERRORS[code]}: ${named.join(', ')}`, options);
    this.name = 'EventError';
  }
}
