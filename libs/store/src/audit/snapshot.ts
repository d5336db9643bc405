import { isDeepStrictEqual } from 'node:util';

/** What a thing looked like, as the audit log keeps it: JSON, `snake_case`, secrets masked. */
export type Snapshot = Readonly<Record<string, unknown>>;

const MASK = '***';

/** Texts under these names are never kept, at whatever depth: sealed, hashed or in clear. */
const SECRET_NAME = /secret|sealed|hash|password|token|authorization|^key$/i;
/** Below these names nothing is kept: whoever filled them chose the names. */
const SECRET_TREE = /^(headers|basic_?auth)$/i;

/** Said by the entry itself, or of no interest to a person. */
const LEFT_OUT = new Set(['prn', 'organization_prn', 'version', 'verified_version', 'inserted_at', 'updated_at']);

/** @param thing an entity, or any plain object */
export function snapshotOf(thing: object): Snapshot {
  const plain = JSON.parse(JSON.stringify(thing)) as Record<string, unknown>;
  const named = Object.entries(plain).map(([name, value]) => [snakeCase(name), value] as const);
  return Object.fromEntries(named.filter(([name]) => !LEFT_OUT.has(name)));
}

/** Of two snapshots only what differs; masked afterwards, so that a secret that changed still shows as a change. */
export function differenceOf(before: Snapshot, after: Snapshot): { before: Snapshot; after: Snapshot } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  const only = (snapshot: Snapshot): Snapshot =>
    Object.fromEntries(names.filter((name) => name in snapshot).map((name) => [name, snapshot[name]]));
  return { before: only(before), after: only(after) };
}

export function masked(snapshot: Snapshot): Snapshot {
  return maskedFields(snapshot, false);
}

function maskedFields(fields: Snapshot, all: boolean): Snapshot {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const below = all || SECRET_TREE.test(name);
      return [name, maskedValue(value, below || SECRET_NAME.test(name), below)];
    }),
  );
}

function maskedValue(value: unknown, secret: boolean, below: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, secret, below));
  if (typeof value === 'object' && value !== null) return maskedFields(value as Snapshot, below);
  return secret && value !== null ? MASK : value;
}

/**
 * As JSON for PostgreSQL, which takes neither NUL nor half a surrogate pair: nothing that can be stored elsewhere may fail for its entry
 * here. `JSON.stringify` escapes just these in this form.
 */
export function storedJson(snapshot: Snapshot): string {
  return JSON.stringify(snapshot).replaceAll(/\\(?:\\|u0000|ud[89a-f][\da-f]{2})/g, (escape) =>
    escape === '\\\\' ? escape : '\ufffd',
  );
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
