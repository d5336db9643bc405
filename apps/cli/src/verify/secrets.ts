import { secretBytes } from '@fleethook/signing';
import { UsageError } from '../running/cli-error.js';

/** A secret as it was given, and the bytes that sign. */
export interface KnownSecret {
  readonly text: string;
  readonly bytes: Buffer;
}

const PREFIX = 'whsec_';
const SECRET_BYTES = 16;

/** In either of the two forms in which it is shown: 32 hex digits, or `whsec_` and base64. @throws UsageError; it does not repeat it */
export function parseSecret(given: string): KnownSecret {
  const text = given.trim();
  if (text.startsWith(PREFIX)) {
    const bytes = Buffer.from(text.slice(PREFIX.length), 'base64');
    if (bytes.length === SECRET_BYTES) return { text, bytes };
    throw new UsageError(
      `After whsec_ the secret has ${bytes.length} bytes, and one of Fleethook has ${SECRET_BYTES}: is it complete?`,
    );
  }
  try {
    return { text, bytes: secretBytes(text) };
  } catch {
    throw new UsageError(
      `A secret is 32 hex digits, or whsec_ and base64; this has ${text.length} characters of another form.`,
    );
  }
}

/** Several times, while it is being rolled. */
export function collectSecrets(given: string, earlier: readonly KnownSecret[] | undefined): KnownSecret[] {
  return [...(earlier ?? []), parseSecret(given)];
}

/** As options say, else as the environment does. */
export function secretsOf(
  given: readonly KnownSecret[] | undefined,
  fromEnvironment: string | undefined,
): readonly KnownSecret[] {
  if (given !== undefined) return given;
  if (fromEnvironment === undefined) return [];
  return fromEnvironment.split(',').map(parseSecret);
}
