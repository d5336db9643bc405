import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import type { ConfigFault } from './config-error.js';
import type { Setting } from './setting.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** `SECRETS_KEY` may be given as the file that `SECRETS_KEY_FILE` names: what containers mount is not in their environment. */
export const fileVariableOf = (item: Setting<unknown>): string | undefined =>
  item.secret ? `${item.variable}_FILE` : undefined;

/** Every name by which a setting may be given. */
export function variablesOf(item: Setting<unknown>): readonly string[] {
  const file = fileVariableOf(item);
  return file === undefined ? [item.variable] : [item.variable, file];
}

/** The text of a setting, from its variable or from the file of a secret; a fault where neither can be taken. */
export function textOf(
  item: Setting<unknown>,
  environment: Environment,
): { readonly text: string | undefined } | { readonly fault: ConfigFault } {
  const text = blankAsMissing(environment[item.variable]);
  const variable = fileVariableOf(item);
  const file = variable === undefined ? undefined : blankAsMissing(environment[variable]);
  if (variable === undefined || file === undefined) return { text };
  if (text !== undefined)
    return { fault: { variable, message: `and ${item.variable} are both set; leave one of them out` } };
  try {
    // An editor ends a file with a line break; no secret does.
    const held = readFileSync(file.trim(), 'utf8').trim();
    if (held === '') return { fault: { variable, message: `names ${file}, which is empty` } };
    return { text: held };
  } catch (error) {
    const code = types.isNativeError(error) && 'code' in error ? String(error.code) : 'unknown';
    return { fault: { variable, message: `names ${file}, which cannot be read (${code})` } };
  }
}

function blankAsMissing(value: string | undefined): string | undefined {
  return value?.trim() === '' ? undefined : value;
}
