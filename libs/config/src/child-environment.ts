import type { Environment } from './read-settings.js';

/** Our own environment with changes, for a process that we start; `undefined` takes a variable out. */
export function childEnvironment(changes: Environment): Record<string, string> {
  const merged = Object.entries({ ...process.env, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
