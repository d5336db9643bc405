export const OWN_HEADER_LIMITS = { count: 20, bytes: 4_096 } as const;

/** What we set, what belongs to the connection (RFC 9110 §7.6.1), and what would misstate the body. */
const RESERVED = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'user-agent',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
]);
const RESERVED_PREFIXES = ['peridio-', 'webhook-', 'fleethook-', 'proxy-'];

/** A token (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A field value without obsolete characters and without blanks at its ends (RFC 9110 §5.5): no line can be broken in it. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** Everything that speaks against headers of a customer's own. Names in any case: HTTP does not tell them apart. */
export function ownHeaderFaults(headers: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(headers);
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [anyCase, value] of entries) {
    const name = anyCase.toLowerCase();
    const shown = JSON.stringify(anyCase.slice(0, 64));
    // Before it is in lower case: there the Kelvin sign is a k.
    if (!NAME.test(anyCase)) faults.push(`${shown} is not a name of a header`);
    else if (isReserved(name)) faults.push(`${shown} is reserved`);
    else if (seen.has(name)) faults.push(`${shown} is there twice`);
    if (!VALUE.test(value)) faults.push(`the value of ${shown} must be printable ASCII, without blanks at its ends`);
    seen.add(name);
  }
  if (entries.length > OWN_HEADER_LIMITS.count) faults.push(`must be at most ${OWN_HEADER_LIMITS.count}`);
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (bytes > OWN_HEADER_LIMITS.bytes) faults.push(`must have at most ${OWN_HEADER_LIMITS.bytes} bytes in all`);
  return faults;
}

function isReserved(name: string): boolean {
  return RESERVED.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
