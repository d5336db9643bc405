import { UsageError } from '../running/cli-error.js';

/** For options that may be given several times, or once with commas. */
export function collectNames(text: string, earlier: readonly string[] | undefined): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return [...(earlier ?? []), ...names];
}

/** `Name: value`, several times. */
export function collectHeaders(
  text: string,
  earlier: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon).trim();
  if (colon === -1 || name === '') throw new UsageError("It must be a header such as 'X-Tenant: acme'.");
  return { ...earlier, [name]: text.slice(colon + 1).trim() };
}

/** `user:password`. */
export function parseBasicAuth(text: string): { username: string; password: string } {
  const colon = text.indexOf(':');
  if (colon < 1) throw new UsageError('It must be a name and a password: user:password.');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
