/** What a pasted secret is: both of its forms stand for the same 16 bytes. */
export interface ReadSecret {
  readonly form: 'hex' | 'whsec';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const HEX = /^[0-9A-Fa-f]{32}$/;
const WHSEC = /^whsec_[A-Za-z0-9+/]+={0,2}$/;

/** @returns undefined when it is neither 32 hex digits nor `whsec_` and base64 */
export function readSecret(text: string): ReadSecret | undefined {
  const secret = text.trim();
  if (HEX.test(secret)) return { form: 'hex', bytes: hexBytes(secret) };
  if (WHSEC.test(secret)) {
    const bytes = base64Bytes(secret.slice('whsec_'.length));
    return bytes && { form: 'whsec', bytes };
  }
  return undefined;
}

export function hexBytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function base64Bytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.codePointAt(0) ?? 0);
  } catch {
    return undefined;
  }
}

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');

export const base64Of = (bytes: Uint8Array): string => btoa(String.fromCodePoint(...bytes));

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** HMAC-SHA256 with the browser's own cryptography: the key goes nowhere. */
export async function hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message));
}

/** Browsers keep their cryptography from pages that came over plain HTTP from another machine. */
export const canSign = (): boolean => typeof crypto !== 'undefined' && 'subtle' in crypto;
