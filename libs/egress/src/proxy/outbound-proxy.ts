import { EgressError } from '../egress-error.js';

/** An HTTP proxy that every connection to an endpoint goes through. */
export interface OutboundProxy {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** Of `proxy-authorization`. */
  readonly authorization: string | undefined;
}

const DEFAULT_PORT = 80;

/**
 * @param text `http://proxy.example:3128`, with `user:password@` before the host where the proxy asks for them
 * @throws EgressError PROXY_INVALID
 */
export function outboundProxyOf(text: string): OutboundProxy {
  const url = URL.parse(text);
  // What is wrong with it is not repeated: it may hold a password.
  if (url === null) throw new EgressError('PROXY_INVALID', 'it is no URL');
  if (url.protocol !== 'http:') throw new EgressError('PROXY_INVALID', 'it does not begin with http://');
  if (url.hostname === '' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new EgressError('PROXY_INVALID', 'it is more than a host and a port');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? DEFAULT_PORT : Number(url.port), authorization: authorizationOf(url) };
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  let credentials: string;
  try {
    credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch (cause) {
    throw new EgressError('PROXY_INVALID', 'its user or password is not percent-encoded as UTF-8', { cause });
  }
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
