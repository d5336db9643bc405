export type Status = 'ok' | 'warn' | 'fail';

/** What one check came to, in one line. */
export interface Finding {
  /** `kafka.topics`: the subject, then what of it. */
  readonly check: string;
  readonly status: Status;
  readonly found: string;
  /** What to do about it; undefined when nothing is. */
  readonly remedy?: string;
}

export const ok = (check: string, found: string): Finding => ({ check, status: 'ok', found });
export const warn = (check: string, found: string, remedy: string): Finding => ({
  check,
  status: 'warn',
  found,
  remedy,
});
export const fail = (check: string, found: string, remedy: string): Finding => ({
  check,
  status: 'fail',
  found,
  remedy,
});

/** @returns all that a subject has to say; what is thrown on the way is a finding like any other */
export async function findings(
  check: string,
  remedy: string,
  look: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [fail(check, error instanceof Error ? error.message : String(error), remedy)];
  }
}
