import { StoreError } from '../store-error.js';

/** SQLSTATE classes of a value that does not fit: data exception, constraint, program limit. The same rows fail for ever. */
const REFUSED = /: (22|23|54)[0-9A-Z]{3}$/;
/** `check_violation`: for us, that a row has no partition. */
const NO_PARTITION = /: 23514$/;
/** `unique_violation`. */
const TAKEN = /: 23505$/;

export function isRefusal(error: unknown): error is StoreError {
  return error instanceof StoreError && REFUSED.test(error.message);
}

export function lacksPartition(error: unknown): boolean {
  return error instanceof StoreError && NO_PARTITION.test(error.message);
}

export function isTaken(error: unknown): boolean {
  return error instanceof StoreError && TAKEN.test(error.message);
}
