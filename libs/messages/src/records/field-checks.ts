/** Checks of a parsed message's fields, for messages that are read too often for a schema. */
export interface FieldCheck {
  /** What the field has to be, in words. */
  readonly wanted: string;
  readonly test: (value: unknown) => boolean;
}

export type FieldChecks = Readonly<Record<string, FieldCheck>>;

/** The first field that is not what it has to be, in words; undefined when all are. */
export function faultOf(value: unknown, checks: FieldChecks): string | undefined {
  if (typeof value !== 'object' || value === null) return 'not an object';
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name in checks) {
    const check = checks[name];
    if (check?.test(fields[name]) === false) return `${name} is not ${check.wanted}`;
  }
  return undefined;
}

export function is(wanted: string, test: (value: unknown) => boolean): FieldCheck {
  return { wanted, test };
}

export const text = is('a text', (value) => typeof value === 'string');

export function integer({ min }: { min: number }): FieldCheck {
  return is(`a whole number from ${min}`, (value) => Number.isSafeInteger(value) && (value as number) >= min);
}

export function number({ min }: { min: number }): FieldCheck {
  return is(`a number from ${min}`, (value) => Number.isFinite(value) && (value as number) >= min);
}

export function optional(check: FieldCheck): FieldCheck {
  return is(check.wanted, (value) => value === undefined || check.test(value));
}
