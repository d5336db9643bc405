export interface FieldChange {
  readonly name: string;
  /** As JSON; undefined: it was not there. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

type Values = Readonly<Record<string, unknown>> | null;

/** What differs between two states of a thing, field by field. */
export function changesIn(before: Values, after: Values): FieldChange[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((name) => ({ name, from: textOf(before?.[name]), to: textOf(after?.[name]) }))
    .filter(({ from, to }) => from !== to);
}

const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value));
