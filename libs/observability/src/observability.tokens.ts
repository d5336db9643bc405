/** Injection tokens of what is a value, not a class. */
export const LOG = Symbol('fleethook log');
export const METRICS = Symbol('fleethook metrics');
