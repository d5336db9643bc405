import { hash } from 'node:crypto';

const NAMESPACE_BYTES = 16;

/**
 * Makes names of one namespace (RFC 9562, version 5): SHA-1 of the namespace and the text. By the one-shot hash of Node, since one is needed
 * for every attempt: a sixth of what the `uuid` package takes, to which it is held by a test.
 */
export function uuidV5In(namespace: string): (name: string) => string {
  const prefix = Buffer.from(namespace.replaceAll('-', ''), 'hex').toString('latin1');
  return (name) => {
    const input = Buffer.allocUnsafe(NAMESPACE_BYTES + Buffer.byteLength(name));
    input.write(prefix, 0, 'latin1');
    input.write(name, NAMESPACE_BYTES);
    const hex = hash('sha1', input, 'hex');
    const variant = VARIANT[Number.parseInt(hex.charAt(16), 16)] ?? '8';
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}

/** The two highest bits are `10`, the other two stay. */
const VARIANT = ['8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b'] as const;
