import { isIP } from 'node:net';
import { DialPolicy } from './dial-policy.js';

export const MAX_URL_CHARACTERS = 1_028;

const DENY_BY_DEFAULT = new DialPolicy();
const HTTPS_PORT = 443;
/** The parser takes any slashes after `https:`, also backslashes and none at all. */
const STARTS_RIGHT = /^https:\/\/[^/\\]/i;

/**
 * Why a URL can never be delivered to; undefined = nothing speaks against it before its name is looked up.
 * @param policy default: one that allows no special range, and every port
 */
export function checkUrl(url: string, policy: DialPolicy = DENY_BY_DEFAULT): string | undefined {
  return urlFaults(url, policy)[0];
}

/** Everything that speaks against a URL; of one that cannot be read, only why not. */
export function urlFaults(url: string, policy: DialPolicy = DENY_BY_DEFAULT): string[] {
  if (url.length > MAX_URL_CHARACTERS) return [`must have at most ${MAX_URL_CHARACTERS} characters`];
  // The parser would quietly drop them.
  if (/[\p{Cc}\s]/u.test(url)) return ['must not contain blanks or control characters'];
  if (!URL.canParse(url)) return ['must be a URL'];
  const { protocol, username, password, hostname, port } = new URL(url);
  const literal = literalAddress(hostname);
  const refusal = literal === undefined ? undefined : policy.guard.refusal(literal);
  const portNumber = port === '' ? HTTPS_PORT : Number(port);
  const isPortRefused = protocol === 'https:' && portNumber !== 0 && !policy.isPortAllowed(portNumber);
  const faults: readonly [boolean, string][] = [
    [!STARTS_RIGHT.test(url), 'must start with https://'],
    [username !== '' || password !== '', 'must not contain a user name or password'],
    [url.includes('#'), 'must not contain a fragment'],
    [port === '0', 'must not name port 0'],
    [isPortRefused, `must not name port ${portNumber}, which endpoints may not have here`],
    [literal === undefined && !isName(hostname), 'must name a host that can be looked up'],
    [refusal !== undefined, `must not point to a special address: ${refusal}`],
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

const MAX_NAME_CHARACTERS = 253;

/** What a resolver takes for a name (RFC 1035 §2.3.4): no empty label but the root's after a last dot, nor one or all too long. */
function isName(hostname: string): boolean {
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  return name.length <= MAX_NAME_CHARACTERS && name.split('.').every((label) => /^.{1,63}$/.test(label));
}

/**
 * The address that a URL's host already is. The URL parser has turned every notation of it (`0x7f.1`, `2130706433`, `[::ffff:7f00:1]`) into
 * the usual one; names under `localhost` are the loopback address by definition (RFC 6761 §6.3).
 * @param hostname as `URL.hostname` gives it
 */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (isIP(bare) !== 0) return bare;
  return isLocalhost(bare) ? '127.0.0.1' : undefined;
}

export function isLocalhost(hostname: string): boolean {
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  return name === 'localhost' || name.endsWith('.localhost');
}
