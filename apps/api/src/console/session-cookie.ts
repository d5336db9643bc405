import { createHash, randomBytes } from 'node:crypto';

/** What names a session: 256 random bits, in the browser's cookie only. */
export type SessionToken = string;

const COOKIE = 'fleethook_session';
/** Between other cookies; a token is 43 characters of base64url. */
const IN_HEADER = new RegExp(String.raw`(?:^|;)[ \t]*${COOKIE}=([A-Za-z0-9_-]{43})[ \t]*(?:;|$)`);

export function newSessionToken(): SessionToken {
  return randomBytes(32).toString('base64url');
}

/** What is kept of it. A plain hash is enough: the token is random. */
export function hashSessionToken(token: SessionToken): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Of the `Cookie` header; undefined when there is none that could be ours. */
export function sessionTokenOf(header: string | undefined): SessionToken | undefined {
  return IN_HEADER.exec(header ?? '')?.[1];
}

/** `Set-Cookie` (RFC 6265 §4.1). No script reads it, no other site's page sends it, and it lasts as long as the session. */
export function sessionCookie(token: SessionToken, maxAgeSeconds: number, isSecure: boolean): string {
  return `${COOKIE}=${token}; Max-Age=${maxAgeSeconds}; ${attributes(isSecure)}`;
}

export function endedSessionCookie(isSecure: boolean): string {
  return `${COOKIE}=; Max-Age=0; ${attributes(isSecure)}`;
}

const attributes = (isSecure: boolean): string => `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;

const LOOPBACK = /^(localhost|[^.]+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Over plain HTTP a secure cookie is refused by browsers, so only whoever sits at the machine may do without. */
export function wantsSecureCookie({ protocol, hostname }: { protocol: string; hostname: string }): boolean {
  return protocol === 'https' || !LOOPBACK.test(hostname);
}
